"""From a run's checkpoint to a model folder: export, measure the exported files, write card and references, replace the old folder if the new one passed."""
import json
import platform
import tempfile
from pathlib import Path

import torch
from tokenizers import Tokenizer

from . import decoder as decoder_recipe
from . import encoder as encoder_recipe
from . import evaluate_decoder, evaluate_encoder, evaluate_translation, references, twin
from .cards import write_card
from .corpora import read_lines
from .export import export_decoder, export_encoder, export_recurrent, export_translator, round_weights
from .folders import decoder_files, encoder_files, replace_folder, translation_files, write_json
from .goals import check_goals, refuse_worse
from .translation import build

STARTERS = ("encoder", "translator", "recurrent-translator", "decoder")
TWIN, TWIN_SEED = "encoder-untrained", 1


class NothingTrained(Exception):
    """There is no checkpoint to export."""


def load(run: Path, name: str, small: bool) -> tuple[torch.nn.Module, Tokenizer, dict]:
    """Rounded model, tokenizer and progress of a run; the averaged weights are used."""
    if not (run / name / "last.pt").exists():
        raise NothingTrained(f"{run / name / 'last.pt'} is not there: train {name} first.")
    kept = torch.load(run / name / "last.pt", weights_only=False)
    where = "translation-tokenizer" if "translator" in name else name
    tokenizer = Tokenizer.from_file(str(run / where / "tokenizer.json"))
    size = tokenizer.get_vocab_size()
    if name.startswith("encoder"):
        model = encoder_recipe.EncoderModel(encoder_recipe.config(size, small))
        model.load_state_dict(kept["average"])
        return round_weights(model.bert_lm), tokenizer, kept["progress"]
    if name == "decoder":
        model = decoder_recipe.LlamaForCausalLM._from_config(decoder_recipe.config(size, small), attn_implementation="eager")
    else:
        model = build(name, size, small)
    model.load_state_dict(kept["average"])
    return round_weights(model), tokenizer, kept["progress"]


def write_files(name: str, model: torch.nn.Module, tokenizer: Tokenizer, folder: Path, int8: bool = True) -> None:
    """Everything a model folder holds but figures and card."""
    if name.startswith("encoder"):
        encoder_files(folder, model.config.to_dict(), tokenizer)
        export_encoder(model, folder / "onnx", int8)
    elif name == "decoder":
        decoder_files(folder, model.config.to_dict(), tokenizer)
        export_decoder(model, folder / "onnx")
    elif name == "translator":
        translation_files(folder, "transformer-inspector-translator", model.config.to_dict(), tokenizer)
        export_translator(model, folder / "onnx", int8)
    else:
        translation_files(folder, "transformer-inspector-recurrent", model.config.to_dict(), tokenizer)
        export_recurrent(model, folder / "onnx")


def measure(name: str, folder: Path, corpora: Path, run: Path, small: bool) -> dict:
    """Figures of the exported files, controls and int8 variant included."""
    if name == "encoder":
        return measure_encoder(folder, corpora, run, small)
    if name == "decoder":
        return evaluate_decoder.evaluate(folder, read_lines(corpora, "en.dev.txt"))
    figures = evaluate_translation.evaluate(name, folder, corpora)
    if name == "translator":
        int8 = evaluate_translation.evaluate(name, folder, corpora, "_quantized")
        figures["int8"] = dict(bleu=int8["bleu"], difference=round(int8["bleu"] - figures["bleu"], 2), jane_exact=int8["jane_exact"])
    return figures


def measure_encoder(folder: Path, corpora: Path, run: Path, small: bool) -> dict:
    """The encoder beside its int8 variant, its untrained twin and, where one was trained, the model without sense objective."""
    dev = read_lines(corpora, "en.dev.txt")
    figures = evaluate_encoder.evaluate(folder, dev)
    figures["int8"] = evaluate_encoder.evaluate(folder, dev, "model_quantized.onnx", brief=True)
    model, tokenizer, _ = load(run, "encoder", small)
    with tempfile.TemporaryDirectory() as other:
        encoder_files(Path(other), model.config.to_dict(), tokenizer)
        source = folder / "onnx" / "model.onnx"
        (Path(other) / "onnx").mkdir()
        (Path(other) / "onnx" / "model.onnx").write_bytes(twin.build(source, twin.plan(source, TWIN_SEED)))
        figures["untrained_twin"] = evaluate_encoder.evaluate(Path(other), dev, brief=True)
    if (run / "encoder-plain" / "last.pt").exists():
        with tempfile.TemporaryDirectory() as other:
            plain, tokenizer, progress = load(run, "encoder-plain", small)
            write_files("encoder-plain", plain, tokenizer, Path(other), int8=False)
            figures["without_sense_objective"] = dict(cpu_minutes=round(progress["spent"] / 60, 1), **evaluate_encoder.evaluate(Path(other), dev, brief=True))
    return figures


def machine() -> str:
    """Processor and libraries, in words."""
    name = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), platform.machine()) if Path("/proc/cpuinfo").exists() else platform.machine()
    return f"{name}, one thread, PyTorch {torch.__version__.split('+')[0]}"


def refusal(name: str, new: dict, old: dict | None) -> str | None:
    """Why a new evaluation may not replace the old one: fewer goals reached, or as many and a worse main figure."""
    reached = [sum(g["reached"] for g in e["goals"]) for e in (new, old) if e]
    if old and reached[0] < reached[1]:
        return f"the present one reaches {reached[1]} goals, the new one {reached[0]}"
    same = old and reached[0] == reached[1]
    return refuse_worse(name, new["figures"], old["figures"] if same else None)


def publish(name: str, corpora: Path, run: Path, models: Path, oracle: Path | None, seed: int, small: bool = False) -> bool:
    """Export one starter; True when the folder in `models` was replaced."""
    model, tokenizer, progress = load(run, name, small)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / name
        write_files(name, model, tokenizer, folder)
        figures = measure(name, folder, corpora, run, small)
        goals = check_goals(name, figures)
        evaluation = dict(model=name, seed=seed, cpu_minutes=round(progress["spent"] / 60, 1), steps=progress["step"], machine=machine(), parameters=sum(p.numel() for p in model.parameters()), goals=goals, figures=figures)
        note = run / name / "note.txt"
        if note.exists():
            evaluation["note"] = note.read_text(encoding="utf-8").strip()
        write_json(folder / "evaluation.json", evaluation)
        old = models / name / "evaluation.json"
        reason = None if small else refusal(name, evaluation, json.loads(old.read_text()) if old.exists() else None)
        for goal in goals:
            print(f"{name}: {'reached' if goal['reached'] else 'NOT reached'}: {goal['goal']} (got {goal['got']})", flush=True)
        if reason:
            print(f"{name}: not replaced: {reason}", flush=True)
            return False
        write_card(name, evaluation, folder)
        replace_folder(folder, models / name)
    if oracle:
        references.record(name, model, tokenizer, models / name, oracle / name)
    if name == "encoder":
        publish_twin(models)
    print(f"{name}: written to {models / name}", flush=True)
    return True


def publish_twin(models: Path) -> None:
    """The twin's folder: its card and how to make it from the encoder's file; all else is the encoder's own."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write_json(folder / "twin.json", twin.described(models / "encoder" / "onnx" / "model.onnx", TWIN_SEED))
        write_card(TWIN, {}, folder)
        replace_folder(folder, models / TWIN)
