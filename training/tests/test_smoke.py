"""The whole recipe in a minute: made-up corpora, tiny sizes, every model trained, interrupted, resumed, exported and measured."""
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from training.senses import synonym_sentences, template_sentences
from training.templates_translation import template_pairs

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def corpora(tmp_path_factory) -> Path:
    """Corpora of this project's own templates, so that the test needs nobody's data."""
    folder = tmp_path_factory.mktemp("corpora")
    lines = [s.text for s in template_sentences(1500, 9)] + synonym_sentences(1500, 10)
    random.Random(1).shuffle(lines)
    (folder / "en.train.txt").write_text("\n".join(lines[200:]) + "\n", encoding="utf-8")
    (folder / "en.dev.txt").write_text("\n".join(lines[:200]) + "\n", encoding="utf-8")
    rows = [f"{p.french}\t{p.english}" for p in template_pairs(1300, 99)]
    for part, chosen in (("train", rows[200:]), ("dev", rows[:100]), ("test", rows[100:200])):
        (folder / f"pairs.{part}.tsv").write_text("\n".join(chosen) + "\n", encoding="utf-8")
    return folder


def training(*arguments: object) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "training", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, timeout=580)


def test_missing_corpora_are_named(tmp_path):
    done = training("train", "encoder", "--minutes", 1, "--corpora", tmp_path, "--run", tmp_path / "run")
    assert done.returncode == 2
    assert "pairs.train.tsv" in done.stderr and "Tatoeba" in done.stderr and "Traceback" not in done.stderr


def test_all_models_from_data_to_folders(corpora, tmp_path):
    run, models, references = tmp_path / "run", tmp_path / "models", tmp_path / "references"
    common = ("--corpora", corpora, "--run", run, "--small")
    first = training("train", "encoder", "--minutes", 0.03, *common)
    assert first.returncode == 0, first.stderr
    done = training("all", "--budget-minutes", 0.5, "--models", models, "--references", references, *common)
    assert done.returncode == 0, done.stderr
    assert "encoder: resumed from" in done.stdout
    assert sorted(f.name for f in models.iterdir()) == ["decoder", "encoder", "encoder-untrained", "recurrent-translator", "translator"]
    for name in ("encoder", "translator", "recurrent-translator", "decoder"):
        evaluation = json.loads((models / name / "evaluation.json").read_text())
        assert evaluation["goals"] and (models / name / "card.md").read_text().startswith("# ")
        assert (references / name / "cases.json").exists() and (references / name / "reference.safetensors").exists()


def test_nothing_trained_is_said(corpora, tmp_path):
    done = training("export", "decoder", "--corpora", corpora, "--run", tmp_path, "--models", tmp_path / "models", "--small")
    assert done.returncode == 2 and "train decoder first" in done.stderr
