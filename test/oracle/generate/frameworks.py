"""python frameworks.py keras|tensorflow|jax: entries of ../data/made that other frameworks than PyTorch compute and export, seeded. The attention
weights are those of the framework itself. Each needs an environment of its own (README.md), so that nothing here imports the other files."""
import json
import os
import pathlib
import shutil
import sys

import numpy as np

HERE = pathlib.Path(__file__).parent
TOKENIZER = HERE.parent / "data" / "zoo" / "bert-eager-ts14" / "tokenizer.json"
TEXTS = [("server", "Looks like I just crashed the server"), ("bank", "They sat on the bank, I think.")]
LAYERS, HEADS, D, E, FF, LONGEST = 2, 4, 32, 8, 64, 64


def cases():
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    found = []
    for name, text in TEXTS:
        encoded = tokenizer.encode(text)
        found.append(dict(id=name, text=text, input_ids=encoded.ids, tokens=encoded.tokens, offsets=[list(pair) for pair in encoded.offsets]))
    return tokenizer.get_vocab_size(), found


def write(name, model, tower, exporter, opset, why, vocab, found, patterns):
    """patterns: per case the weights [head, query, key] of each layer. Verified with onnxruntime to be what the file gives."""
    from safetensors.numpy import save_file

    folder = HERE.parent / "data" / "made" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(model)
    shutil.copyfile(TOKENIZER, folder / "tokenizer.json")
    config = dict(model_type=name, num_attention_heads=HEADS, hidden_size=D, num_hidden_layers=LAYERS, max_position_embeddings=LONGEST, vocab_size=vocab)
    (folder / "config.json").write_text(json.dumps(config))
    meta = dict(name=name, tolerance=dict(pattern=1e-4, default=1e-3), expect="pattern", family=name, exporter=f"{exporter}:{opset}", opset=opset, why=why, layers={tower: LAYERS}, heads=HEADS, kv_heads=HEADS, d_head=E, d_model=D)
    (folder / "cases.json").write_text(json.dumps(meta | dict(cases=found), indent=1, ensure_ascii=False))
    tensors = {f"{case['id']}/{tower}.{layer}.self.pattern": np.ascontiguousarray(p, np.float32) for case, layers in zip(found, patterns) for layer, p in enumerate(layers)}
    save_file(tensors, folder / "reference.safetensors")


def same_answer(model, feeds, expected):
    import onnxruntime as ort

    got = ort.InferenceSession(model, providers=["CPUExecutionProvider"]).run(None, feeds)[0]
    assert np.abs(got - expected).max() < 1e-3, np.abs(got - expected).max()


def keras_entry():
    """Keras's own Functional model and its own export: masks as sums of products, projections as Gemm around reshapes."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras
    from keras import layers, ops

    class Positions(layers.Layer):
        def build(self, shape):
            self.table = self.add_weight(shape=(LONGEST, D), initializer="normal")

        def call(self, x):
            return x + self.table[: ops.shape(x)[1]]

    vocab, found = cases()
    keras.utils.set_random_seed(7)
    ids = layers.Input((None,), dtype="int32", name="input_ids")
    x = Positions()(layers.Embedding(vocab, D)(ids))
    seen = []
    for _ in range(LAYERS):
        y = layers.LayerNormalization()(x)
        out, weights = layers.MultiHeadAttention(HEADS, E, flash_attention=False)(y, y, return_attention_scores=True, use_causal_mask=True)
        seen.append(weights)
        x = x + out
        x = x + layers.Dense(D)(layers.Dense(FF, activation="relu")(layers.LayerNormalization()(x)))
    answer = layers.Dense(vocab)(x)
    model, watched = keras.Model(ids, answer), keras.Model(ids, [answer, *seen])
    rng = np.random.default_rng(7)
    for weight in model.trainable_weights:
        value = np.array(weight)
        weight.assign(value * 2.2 if value.ndim > 1 else value + rng.normal(size=value.shape) * 0.1)
    model(np.array([found[0]["input_ids"]], np.int32))
    path = "/tmp/keras-export.onnx"
    model.export(path, format="onnx", verbose=False)
    data = pathlib.Path(path).read_bytes()
    patterns = []
    for case in found:
        feed = np.array([case["input_ids"]], np.int32)
        expected, *weights = [np.array(t) for t in watched(feed)]
        same_answer(data, {"input_ids": feed}, expected)
        patterns.append([w[0] for w in weights])
    write("keras-export", data, "decoder", "Keras's own export", 15, "causal MultiHeadAttention; masks as sums of products, also after the softmax", vocab, found, patterns)


def tensorflow_entry():
    """TensorFlow's DistilBERT through tf2onnx: biases behind reshapes, means by GlobalAveragePool, norms as x·inv + (β − μ·inv)."""
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    import tensorflow as tf
    import tf2onnx
    import transformers

    vocab, found = cases()
    tf.keras.utils.set_random_seed(5)
    config = transformers.DistilBertConfig(vocab_size=vocab, n_layers=LAYERS, n_heads=HEADS, dim=D, hidden_dim=FF, max_position_embeddings=LONGEST, activation="relu", dropout=0, attention_dropout=0)
    model = transformers.TFDistilBertModel(config)
    feeds = [dict(input_ids=np.array([case["input_ids"]], np.int32), attention_mask=np.ones((1, len(case["input_ids"])), np.int32)) for case in found]
    model(feeds[0])
    for weight in model.trainable_weights:
        weight.assign(weight * 8.0 if len(weight.shape) > 1 else weight + tf.random.normal(weight.shape) * 0.1)
    signature = [tf.TensorSpec([None, None], tf.int32, name=name) for name in feeds[0]]
    call = tf.function(lambda *given: model(dict(zip(feeds[0], given)), training=False)[0], input_signature=signature)
    data = tf2onnx.convert.from_function(call, input_signature=signature, opset=17)[0].SerializeToString()
    patterns = []
    for feed in feeds:
        out = model(feed, output_attentions=True, training=False)
        same_answer(data, feed, out[0].numpy())
        patterns.append([w[0].numpy() for w in out.attentions])
    write("tensorflow", data, "encoder", "TensorFlow through tf2onnx", 17, "DistilBERT; biases behind reshapes, norms folded around GlobalAveragePool", vocab, found, patterns)


def jax_entry():
    """Flax through jax2onnx: a mask after the softmax, divided by what is left."""
    import jax
    import jax.numpy as jnp
    from flax import nnx
    from jax import export
    from jax2onnx import to_onnx

    vocab, found = cases()

    class Model(nnx.Module):
        def __init__(self, rngs):
            self.words, self.positions = nnx.Embed(vocab, D, rngs=rngs), nnx.Embed(LONGEST, D, rngs=rngs)
            self.attentions = nnx.List([nnx.MultiHeadAttention(HEADS, D, rngs=rngs, decode=False) for _ in range(LAYERS)])
            self.norms = nnx.List([nnx.LayerNorm(D, rngs=rngs) for _ in range(2 * LAYERS)])
            self.ups = nnx.List([nnx.Linear(D, FF, rngs=rngs) for _ in range(LAYERS)])
            self.downs = nnx.List([nnx.Linear(FF, D, rngs=rngs) for _ in range(LAYERS)])
            self.head = nnx.Linear(D, vocab, rngs=rngs)

        def __call__(self, ids, seen=None):
            shape = (ids.shape[0], 1, ids.shape[1], ids.shape[1])
            mask = jax.lax.broadcasted_iota(jnp.int32, shape, 2) >= jax.lax.broadcasted_iota(jnp.int32, shape, 3)
            x = self.words(ids) * 4 + self.positions(jax.lax.broadcasted_iota(jnp.int32, ids.shape, 1)) * 2
            for i, attention in enumerate(self.attentions):
                y = self.norms[2 * i](x)
                if seen is not None:
                    scores = jnp.einsum("bqhe,bkhe->bhqk", attention.query(y), attention.key(y)) / np.sqrt(E)
                    seen.append(np.array(jax.nn.softmax(jnp.where(mask, scores, -jnp.inf), -1))[0])
                x = x + attention(y, mask=mask)
                x = x + self.downs[i](nnx.relu(self.ups[i](self.norms[2 * i + 1](x))))
            return self.head(x)

    model = Model(nnx.Rngs(3))
    for attention in model.attentions:
        for layer in (attention.query, attention.key):
            layer.kernel.value = layer.kernel.value * 2.0
    spec = jax.ShapeDtypeStruct(export.symbolic_shape("B, S"), jnp.int32)
    data = to_onnx(model, [spec], opset=18, input_names=["input_ids"]).SerializeToString()
    patterns = []
    for case in found:
        feed, seen = np.array([case["input_ids"]], np.int32), []
        same_answer(data, {"input_ids": feed}, np.array(model(feed, seen)))
        patterns.append(seen)
    write("jax", data, "decoder", "jax2onnx", 18, "Flax MultiHeadAttention; causal mask after the softmax, divided by what is left", vocab, found, patterns)


if __name__ == "__main__":
    {"keras": keras_entry, "tensorflow": tensorflow_entry, "jax": jax_entry}[sys.argv[1]]()
