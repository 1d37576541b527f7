"""The commands of `python -m training`: what runs in which order. The work itself is in the other modules."""
import argparse
import os
import subprocess
import sys
from pathlib import Path

import torch

from .corpora import FILES, MissingCorpora, require
from .export import FileTooLarge
from .loop import Loop, OtherModel
from .publish import STARTERS, NothingTrained, publish

SEED = 5
ROOT = Path(__file__).resolve().parent.parent
# Shares of the whole budget; "encoder-plain" is the encoder without its sense objective, trained for comparison only.
SHARES = {"encoder": 0.26, "translator": 0.30, "recurrent-translator": 0.18, "decoder": 0.20, "encoder-plain": 0.06}


def make_task(name: str, corpora: Path, folder: Path, small: bool):
    """The recipe of a name; modules are imported here so that one model's libraries are not needed for another."""
    if name in ("encoder", "encoder-plain"):
        from .encoder import EncoderTask

        task = EncoderTask(corpora, folder, small, sense_weight=0.5 if name == "encoder" else 0.0)
        task.name = name
        return task
    if name == "decoder":
        from .decoder import DecoderTask

        return DecoderTask(corpora, folder, small)
    from .translation import TranslationTask

    return TranslationTask(name, corpora, folder, small)


def train(args: argparse.Namespace) -> int:
    """Train one model up to its budget of CPU minutes, or go on with a training that was interrupted."""
    require(args.corpora, list(FILES))
    folder = args.run / args.name
    task = make_task(args.name, args.corpora, folder, args.small)
    size = sum(p.numel() for p in task.model.parameters())
    print(f"{args.name}: {size / 1e6:.2f} million parameters, budget {args.minutes:g} CPU minutes", flush=True)
    finished = Loop(task, folder, args.minutes, SEED).run()
    return 0 if finished else 130


def export(args: argparse.Namespace) -> int:
    """Export, measure and publish what is trained so far."""
    require(args.corpora, list(FILES))
    names = STARTERS if args.name == "all" else (args.name,)
    done = [publish(n, args.corpora, args.run, args.models, None if args.no_references else args.references, SEED, args.small) for n in names]
    return 0 if all(done) else 1


def everything(args: argparse.Namespace) -> int:
    """Train all models, `--jobs` at a time, then publish each; run again after an interruption, it goes on where it stopped."""
    require(args.corpora, list(FILES))
    waiting = [(n, args.budget_minutes * share) for n, share in SHARES.items()]
    if not (args.run / "translation-tokenizer" / "tokenizer.json").exists():
        waiting.sort(key=lambda w: w[0] == "recurrent-translator")  # it takes the translator's tokenizer
    running: list[subprocess.Popen] = []
    try:
        while waiting or running:
            while waiting and len(running) < args.jobs:
                running.append(start(args, *waiting.pop(0)))
            code = running[0].wait() if len(running) == 1 else wait_any(running)
            running = [r for r in running if r.poll() is None]
            if code:
                return stop(running) or code
    except KeyboardInterrupt:
        print("stopped; the same command goes on from the last checkpoints", file=sys.stderr)
        return stop(running) or 130
    return export(argparse.Namespace(**{**vars(args), "name": "all"}))


def start(args: argparse.Namespace, name: str, minutes: float) -> subprocess.Popen:
    """A training in a process of its own."""
    command = [sys.executable, "-m", "training", "train", name, "--minutes", f"{minutes:g}", "--corpora", str(args.corpora), "--run", str(args.run)]
    return subprocess.Popen(command + (["--small"] if args.small else []))


def wait_any(running: list[subprocess.Popen]) -> int:
    """Exit code of the first process that ends."""
    while True:
        for process in running:
            try:
                return process.wait(timeout=1)
            except subprocess.TimeoutExpired:
                continue


def stop(running: list[subprocess.Popen]) -> int:
    """Ask every training to save and end."""
    for process in running:
        process.terminate()
    for process in running:
        process.wait()
    return 0


def parser() -> argparse.ArgumentParser:
    """The arguments of every command."""
    top = argparse.ArgumentParser(prog="python -m training", description="Train, measure and export the starter models.")
    sub = top.add_subparsers(required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--corpora", type=Path, required=True, help="folder with the corpus files; training/README.md says which")
    common.add_argument("--run", type=Path, default=ROOT / ".cache" / "training", help="folder for checkpoints and tokenizers; kept between runs")
    common.add_argument("--small", action="store_true", help="tiny sizes, for a smoke test: nothing good comes out")
    out = argparse.ArgumentParser(add_help=False)
    out.add_argument("--models", type=Path, default=ROOT / "models", help="where the model folders are")
    out.add_argument("--references", type=Path, default=ROOT / "test" / "oracle" / "data" / "starters", help="where the oracle tests' tensors are")
    out.add_argument("--no-references", action="store_true", help="write no tensors for the oracle tests")
    one = sub.add_parser("train", parents=[common], help="train one model")
    one.add_argument("name", choices=list(SHARES))
    one.add_argument("--minutes", type=float, required=True, help="CPU minutes, those of earlier runs counted in")
    one.set_defaults(command=train)
    two = sub.add_parser("export", parents=[common, out], help="export and measure what is trained; replaces a folder in models/ only when the new model is better")
    two.add_argument("name", choices=["all", *STARTERS])
    two.set_defaults(command=export)
    both = sub.add_parser("all", parents=[common, out], help="train all, then export all")
    both.add_argument("--budget-minutes", type=float, default=240, help="CPU minutes for all models together")
    both.add_argument("--jobs", type=int, default=1, help="trainings side by side, one thread each")
    both.set_defaults(command=everything)
    return top


def main() -> int:
    """Run a command; expected failures are one sentence."""
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    args = parser().parse_args()
    try:
        return args.command(args)
    except (MissingCorpora, FileTooLarge, NothingTrained, OtherModel) as problem:
        print(problem, file=sys.stderr)
        return 2
    except OSError as problem:
        print(f"{problem}. Checkpoints are kept: the same command goes on from them.", file=sys.stderr)
        return 3
    except MemoryError:
        print("There is not enough memory. Checkpoints are kept: the same command goes on from them.", file=sys.stderr)
        return 3
