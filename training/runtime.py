"""Runs exported files with onnxruntime, with patterns and hidden states as further outputs. What `evaluate` measures, it measures through this."""
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from tokenizers import Tokenizer

from .onnxfile import branch_model, nodes_of, with_outputs


def session(model: bytes | str) -> ort.InferenceSession:
    """A quiet session on one thread."""
    options = ort.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def padded(rows: list[list[int]]) -> np.ndarray:
    """[row, longest] int64, 0 after the end."""
    out = np.zeros((len(rows), max(map(len, rows))), np.int64)
    for i, row in enumerate(rows):
        out[i, :len(row)] = row
    return out


class OnnxEncoder:
    """An exported BERT: logits, last hidden states, patterns of every layer."""

    def __init__(self, folder: Path, file: str = "model.onnx"):
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        model = onnx.load(str(folder / "onnx" / file))
        self.patterns = [n.output[0] for n in nodes_of(model, "Softmax")]
        self.hidden = nodes_of(model, "LayerNormalization", "/bert/encoder/")[-1].output[0]
        self.session = session(with_outputs(model, [self.hidden, *self.patterns]))

    def run(self, rows: list[list[int]], names: list[str]) -> list[np.ndarray]:
        """The named tensors for rows of ids; padding is masked."""
        ids = padded(rows)
        return self.session.run(names, dict(input_ids=ids, attention_mask=(ids != 0).astype(np.int64), token_type_ids=np.zeros_like(ids)))

    def attention(self, ids: list[int]) -> np.ndarray:
        """[layer, head, query, key] of one text."""
        return np.stack([p[0] for p in self.run([ids], self.patterns)])


class OnnxDecoder:
    """An exported causal model: logits and patterns."""

    def __init__(self, folder: Path, file: str = "model.onnx"):
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        model = onnx.load(str(folder / "onnx" / file))
        self.patterns = [n.output[0] for n in nodes_of(model, "Softmax")]
        self.session = session(with_outputs(model, self.patterns))

    def run(self, rows: list[list[int]], names: list[str]) -> list[np.ndarray]:
        ids = padded(rows)
        positions = np.broadcast_to(np.arange(ids.shape[1]), ids.shape).copy()
        return self.session.run(names, dict(input_ids=ids, attention_mask=(ids != 0).astype(np.int64), position_ids=positions))


class OnnxTranslator:
    """encoder_model and decoder_model_merged: greedy translation with the cache, cross-attention of given targets."""

    def __init__(self, folder: Path, variant: str = ""):
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.encoder = session(str(folder / "onnx" / f"encoder_model{variant}.onnx"))
        merged = onnx.load(str(folder / "onnx" / f"decoder_model_merged{variant}.onnx"))
        self.decoder = session(merged.SerializeToString())
        first = branch_model(merged, "else_branch")
        self.cross = [n.output[0] for n in nodes_of(first, "Softmax", "encoder_attn")]
        self.forced = session(with_outputs(first, self.cross))
        self.present = [o.name for o in self.decoder.get_outputs()][1:]
        self.past_inputs = [i for i in self.decoder.get_inputs() if i.name.startswith("past_key_values")]

    def encode(self, rows: list[list[int]]) -> dict[str, np.ndarray]:
        """The decoder's feeds that depend on the source alone."""
        ids = padded(rows)
        mask = (ids != 0).astype(np.int64)
        return dict(encoder_attention_mask=mask, encoder_hidden_states=self.encoder.run(None, dict(input_ids=ids, attention_mask=mask))[0])

    def greedy(self, rows: list[list[int]], start: int, end: int, longest: int) -> list[list[int]]:
        """The most probable token at every step, for a batch of sources."""
        feeds, out, done = self.encode(rows), [[] for _ in rows], np.zeros(len(rows), bool)
        empty = {i.name: np.zeros((len(rows), i.shape[1], 0, i.shape[3]), np.float32) for i in self.past_inputs}
        ids, cached = np.full((len(rows), 1), start, np.int64), False
        for _ in range(longest):
            got = self.decoder.run(None, dict(**feeds, **empty, input_ids=ids, use_cache_branch=np.array([cached])))
            empty = {n.replace("present", "past_key_values"): v for n, v in zip(self.present, got[1:])}
            ids, cached = take(got[0][:, -1], out, done, end), True
            if done.all():
                break
        return out

    def attention(self, source: list[int], target: list[int]) -> np.ndarray:
        """[head of all layers, target, source] while the given target is written; row t predicts target token t + 1."""
        got = self.forced.run(self.cross, dict(**self.encode([source]), input_ids=np.array([target], np.int64)))
        return np.concatenate([g[0] for g in got])


class OnnxRecurrent:
    """encoder and decoder_step; rows of equal length share a batch, because the files know no padding."""

    def __init__(self, folder: Path):
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.encoder = session(str(folder / "onnx" / "encoder.onnx"))
        model = onnx.load(str(folder / "onnx" / "decoder_step.onnx"))
        self.pattern = nodes_of(model, "Softmax")[0].output[0]
        self.step = session(with_outputs(model, [self.pattern]))

    def greedy(self, rows: list[list[int]], start: int, end: int, longest: int) -> list[list[int]]:
        """As OnnxTranslator.greedy; rows must have one length."""
        states, hidden = self.encoder.run(None, dict(input_ids=padded(rows)))
        out, done = [[] for _ in rows], np.zeros(len(rows), bool)
        ids = np.full((len(rows), 1), start, np.int64)
        for _ in range(longest):
            logits, hidden = self.step.run(["logits", "hidden_out"], dict(decoder_input_ids=ids, hidden=hidden, encoder_outputs=states))
            ids = take(logits[:, 0], out, done, end)
            if done.all():
                break
        return out

    def attention(self, source: list[int], target: list[int]) -> np.ndarray:
        """[1, target, source] while the given target is written."""
        states, hidden = self.encoder.run(None, dict(input_ids=np.array([source], np.int64)))
        rows = []
        for token in target:
            hidden, weights = self.step.run(["hidden_out", self.pattern], dict(decoder_input_ids=np.array([[token]], np.int64), hidden=hidden, encoder_outputs=states))
            rows.append(weights.reshape(-1))
        return np.stack(rows)[None]


def take(logits: np.ndarray, out: list[list[int]], done: np.ndarray, end: int) -> np.ndarray:
    """Append the best next id of every open row, close rows that ended; returns the ids [row, 1]."""
    best = logits.argmax(-1)
    for i, token in enumerate(best):
        if not done[i] and token != end:
            out[i].append(int(token))
        done[i] |= token == end
    return best[:, None].astype(np.int64)
