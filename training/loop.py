"""The training loop: a budget of CPU time, constant rate then a linear descent, averaged weights, checkpoints. Knows no model.

A run can be stopped at any moment and resumed. `stable.pt` is kept where the descent begins, so that a later, larger budget goes on from there.
"""
import json
import math
import os
import random
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from .optimizer import make_optimizers


class Task(Protocol):
    """What the loop needs from a model's recipe."""

    name: str
    model: nn.Module
    lr: float
    muon_lr: float
    muon_decay: float
    warmup: int

    def loss(self, rng: random.Random) -> tuple[Tensor, dict[str, float], int]: ...
    def measure(self, model: nn.Module) -> dict[str, float]: ...


class OtherModel(Exception):
    """A checkpoint does not fit the recipe."""


@dataclass
class Progress:
    """Where a run stands; everything that must survive an interruption beside weights and optimizer state."""

    step: int = 0
    spent: float = 0.0  # seconds of CPU time
    wall: float = 0.0
    tokens: int = 0


DESCENT = 0.5  # share of the budget after which the learning rate falls


def rate(fraction: float, step: int, warmup: int) -> float:
    """Multiplier of the learning rate: warm-up by steps, constant, then linear to 2 % at the end of the budget."""
    up = min(1.0, (step + 1) / warmup)
    down = 1.0 if fraction < DESCENT else max(0.02, 1 - 0.98 * (fraction - DESCENT) / (1 - DESCENT))
    return up * down


def save_atomically(data: object, path: Path) -> None:
    """Write beside the target, then rename, so that an interruption leaves the old file whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    torch.save(data, part)
    os.replace(part, path)


class Loop:
    """One training run of one task in one folder."""

    def __init__(self, task: Task, folder: Path, minutes: float, seed: int, checkpoint_seconds: float = 90, measure_seconds: float = 240):
        self.task, self.folder, self.budget, self.seed = task, folder, minutes * 60, seed
        self.checkpoint_seconds, self.measure_seconds = checkpoint_seconds, measure_seconds
        self.rng, self.progress, self.log = random.Random(seed), Progress(), []
        torch.manual_seed(seed)
        self.optimizers = make_optimizers(task.model, task.lr, task.muon_lr)
        self.average = {k: v.detach().clone() for k, v in task.model.state_dict().items()}
        self.stop_asked = False

    def state(self) -> dict:
        """Everything a later process needs."""
        return dict(model=self.task.model.state_dict(), average=self.average, optimizers=[o.state_dict() for o in self.optimizers], progress=vars(self.progress), log=self.log, rng=self.rng.getstate(), torch_rng=torch.get_rng_state())

    def restore(self) -> None:
        """Take up the newest fitting checkpoint: the stable one when a larger budget moves the descent to later, else the last."""
        last, stable = self.folder / "last.pt", self.folder / "stable.pt"
        path = last
        if stable.exists() and last.exists():
            spent = torch.load(stable, weights_only=False)["progress"]["spent"]
            path = stable if spent < self.budget * DESCENT * 0.9 else last
        if not path.exists():
            return
        kept = torch.load(path, weights_only=False)
        try:
            self.task.model.load_state_dict(kept["model"])
        except RuntimeError as reason:
            raise OtherModel(f"{path} is of another architecture than the recipe's. Move it away to start anew.") from reason
        self.average = kept["average"]
        for o, s in zip(self.optimizers, kept["optimizers"]):
            o.load_state_dict(s)
        self.progress, self.log = Progress(**kept["progress"]), kept["log"]
        self.rng.setstate(kept["rng"])
        torch.set_rng_state(kept["torch_rng"])
        print(f"{self.task.name}: resumed from {path.name} at {self.progress.spent / 60:.1f} CPU minutes, step {self.progress.step}", flush=True)

    def step(self) -> tuple[dict[str, float], int]:
        """One update of the weights and of their average."""
        p, task = self.progress, self.task
        factor = rate(p.spent / self.budget, p.step, task.warmup)
        for optimizer, top in zip(self.optimizers, (task.lr, task.muon_lr)):
            for group in optimizer.param_groups:
                group["lr"] = top * factor
        if len(self.optimizers) > 1:
            self.optimizers[1].param_groups[0]["weight_decay"] = task.muon_decay  # the recipe's, also where a checkpoint says otherwise
        loss, stats, tokens = task.loss(self.rng)
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(task.model.parameters(), 1.0)
        if math.isfinite(float(norm)):
            for optimizer in self.optimizers:
                optimizer.step()
        keep = min(0.998, (1 + p.step) / (10 + p.step))
        with torch.no_grad():
            pairs = [(self.average[k], v) for k, v in task.model.state_dict().items() if v.dtype.is_floating_point]
            torch._foreach_lerp_([a for a, _ in pairs], [v for _, v in pairs], 1 - keep)
        return stats, tokens

    def measure(self, recent: dict[str, list[float]]) -> None:
        """Held-out figures of the averaged weights, appended to the log and printed."""
        p, now = self.progress, {k: v.clone() for k, v in self.task.model.state_dict().items()}
        self.task.model.load_state_dict(self.average)
        self.task.model.eval()
        with torch.no_grad():
            figures = self.task.measure(self.task.model)
        self.task.model.load_state_dict(now)
        self.task.model.train()
        line = dict(minutes=round(p.spent / 60, 2), wall=round(p.wall / 60, 1), step=p.step, tokens=p.tokens, per_second=int(p.tokens / max(1, p.spent)), **{k: round(float(np.mean(v[-200:])), 3) for k, v in recent.items()}, **figures)
        self.log.append(line)
        print(json.dumps(line), flush=True)

    def run(self) -> bool:
        """Train until the budget is spent or a signal comes; the last state is always on disk. True when the budget is spent."""
        self.restore()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: setattr(self, "stop_asked", True))
        p, recent, task = self.progress, {}, self.task
        task.model.train()
        saved = measured = p.spent
        stable_due = p.spent < self.budget * DESCENT
        while p.spent < self.budget and not self.stop_asked:
            cpu, wall = time.process_time(), time.time()
            stats, tokens = self.step()
            for k, v in stats.items():
                recent.setdefault(k, []).append(v)
            p.step, p.tokens = p.step + 1, p.tokens + tokens
            p.spent, p.wall = p.spent + time.process_time() - cpu, p.wall + time.time() - wall
            if stable_due and p.spent >= self.budget * DESCENT:
                stable_due = False
                save_atomically(self.state(), self.folder / "stable.pt")
            if p.spent - saved >= self.checkpoint_seconds:
                saved = p.spent
                save_atomically(self.state(), self.folder / "last.pt")
                self.report(recent)
            if p.spent - measured >= self.measure_seconds:
                measured = p.spent
                self.measure(recent)
        if not self.stop_asked and recent:
            self.measure(recent)
        save_atomically(self.state(), self.folder / "last.pt")
        return not self.stop_asked

    def report(self, recent: dict[str, list[float]]) -> None:
        """One line: losses and the time that is left at the present speed."""
        p = self.progress
        left = (self.budget - p.spent) * p.wall / max(1.0, p.spent) / 60
        losses = ", ".join(f"{k} {np.mean(v[-100:]):.3f}" for k, v in recent.items())
        print(f"{self.task.name}: step {p.step}, {p.spent / 60:.1f} of {self.budget / 60:.0f} CPU minutes, {losses}, about {left:.0f} minutes left", flush=True)


def averaged_weights(folder: Path) -> dict[str, Tensor] | None:
    """The averaged weights of the last checkpoint, or None."""
    path = folder / "last.pt"
    return torch.load(path, weights_only=False)["average"] if path.exists() else None
