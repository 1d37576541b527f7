"""The untrained twin of the encoder: the same file with seeded random weights, as a control for what is learned.

It is not stored, but made when it is loaded (src/engine/load/freshWeights.ts). `twin.json` says where in the encoder's file each weight lies and what to write there, in integers only, so that any language
makes the same bytes: number i of the generator picks an entry of a table of 4096 normal quantiles in float16; `sha256` is that of the result.
"""
import hashlib
from pathlib import Path
from statistics import NormalDist

import numpy as np
import onnx

WIDTHS = {onnx.TensorProto.FLOAT16: 2, onnx.TensorProto.FLOAT: 4}
SPREAD, TABLE = 0.04, 4096  # standard deviation of the encoder's own initial weights


def mulberry32(seed: int, count: int, start: int = 0) -> np.ndarray:
    """Numbers `start` to `start + count` of 32 bits; number i depends on seed + (i + 1) * 0x6D2B79F5 alone."""
    a = (np.uint64(seed) + np.arange(start + 1, start + count + 1, dtype=np.uint64) * np.uint64(0x6D2B79F5)) & np.uint64(0xFFFFFFFF)
    t = ((a ^ (a >> np.uint64(15))) * (a | np.uint64(1))) & np.uint64(0xFFFFFFFF)
    t ^= (t + ((t ^ (t >> np.uint64(7))) * (t | np.uint64(61)) & np.uint64(0xFFFFFFFF))) & np.uint64(0xFFFFFFFF)
    return (t ^ (t >> np.uint64(14))) & np.uint64(0xFFFFFFFF)


def quantiles() -> np.ndarray:
    """4096 float16 quantiles of the normal distribution with standard deviation SPREAD."""
    normal = NormalDist(0, SPREAD)
    return np.array([normal.inv_cdf((i + 0.5) / TABLE) for i in range(TABLE)], np.float16)


def fill_of(tensor: onnx.TensorProto) -> str:
    """What a fresh model has there: matrices random, norms one, biases zero."""
    if len(tensor.dims) == 2:
        return "random"
    return "one" if tensor.name.removesuffix("_fp16").endswith("LayerNorm.weight") else "zero"


def plan(source: Path, seed: int) -> dict:
    """What to write where: every trained tensor of the source file, by byte offset in it, in the order of offsets."""
    data = source.read_bytes()
    pieces = []
    for tensor in onnx.load(str(source)).graph.initializer:
        raw = tensor.raw_data
        if tensor.data_type not in WIDTHS or not any(raw):
            continue  # indices, and biases that are zero already
        place = data.find(raw)
        if place < 0 or data.find(raw, place + 1) >= 0:
            raise ValueError(f"{tensor.name} is not once in {source.name}")
        width = WIDTHS[tensor.data_type]
        pieces.append(dict(name=tensor.name, fill=fill_of(tensor), width=width, offset=place, count=len(raw) // width))
    pieces = [p for p in pieces if p["count"] > 1]  # scalars are constants of the graph
    return dict(source="../encoder/onnx/model.onnx", source_sha256=hashlib.sha256(data).hexdigest(), seed=seed, generator="mulberry32", table=[int(v) for v in quantiles().view(np.uint16)], pieces=sorted(pieces, key=lambda p: p["offset"]))


def build(source: Path, twin: dict) -> bytes:
    """The twin's file."""
    data, at = bytearray(source.read_bytes()), 0
    half = np.array(twin["table"], np.uint16).view(np.float16)
    for piece in twin["pieces"]:
        kind = np.float16 if piece["width"] == 2 else np.float32
        if piece["fill"] == "random":
            values = half[(mulberry32(twin["seed"], piece["count"], at) >> np.uint64(20)).astype(np.int64)]
            at += piece["count"]
        else:
            values = np.full(piece["count"], 1 if piece["fill"] == "one" else 0)
        data[piece["offset"]:piece["offset"] + piece["width"] * piece["count"]] = values.astype(kind).tobytes()
    return bytes(data)


def described(source: Path, seed: int) -> dict:
    """The plan with the digest of its result: what twin.json holds."""
    made = plan(source, seed)
    return dict(sha256=hashlib.sha256(build(source, made)).hexdigest(), **made)
