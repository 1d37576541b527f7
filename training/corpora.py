"""Reads the training corpora; says which files are missing and where they come from. Downloads nothing."""
from pathlib import Path

FILES = {
    "pairs.train.tsv": "French, tab, English; Tatoeba sentence pairs (CC BY 2.0 FR, tatoeba.org), see NOTICE",
    "pairs.dev.tsv": "held-out pairs of the same origin, no sentence shared with the training pairs",
    "pairs.test.tsv": "held-out pairs of the same origin, no sentence shared with the training pairs",
    "en.train.txt": "English passages, one a line: Project Gutenberg books (public domain) and the documents named in NOTICE",
    "en.dev.txt": "held-out English passages of the same origin",
}


class MissingCorpora(Exception):
    """Some corpus files are not there; the message names each and its origin."""


def require(folder: Path, names: list[str]) -> None:
    """Raise MissingCorpora unless every named file is in the folder."""
    missing = [n for n in names if not (folder / n).is_file()]
    if missing:
        lines = "\n".join(f"  {folder / n}: {FILES[n]}" for n in missing)
        raise MissingCorpora(f"These corpus files are missing:\n{lines}\nPut them there or name their folder with --corpora; training/README.md says how each was built.")


def read_lines(folder: Path, name: str) -> list[str]:
    """Lines of a text file without their ends."""
    require(folder, [name])
    return (folder / name).read_text(encoding="utf-8").splitlines()


def read_pairs(folder: Path, part: str) -> list[tuple[str, str]]:
    """(French, English) pairs of pairs.PART.tsv."""
    return [tuple(line.split("\t")[:2]) for line in read_lines(folder, f"pairs.{part}.tsv")]


def read_tsv_pairs(path: Path) -> list[tuple[str, str]]:
    """(French, English) pairs of any two-column file."""
    return [tuple(line.split("\t")) for line in path.read_text(encoding="utf-8").splitlines() if line]
