"""Exported files give what PyTorch gives, in every form in which weights are stored."""
import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch
from transformers import BertForMaskedLM, LlamaForCausalLM

from training import decoder, encoder, twin
from training.export import export_decoder, export_encoder, export_recurrent, export_translator, round_weights
from training.onnxfile import branch_model, with_outputs
from training.recurrent import RecurrentConfig, RecurrentTranslator
from training.translator import Translator, TranslatorConfig, sinusoidal_table

VOCABULARY = 1000


def run(path, feeds, names=None):
    return ort.InferenceSession(str(path)).run(names, feeds)


def ids_and_mask(rows=3, length=11):
    ids = torch.randint(5, VOCABULARY, (rows, length))
    mask = torch.ones_like(ids)
    mask[1, 7:] = 0
    return ids, mask


@pytest.fixture(scope="module")
def translator(tmp_path_factory):
    torch.manual_seed(1)
    model = round_weights(Translator(TranslatorConfig(VOCABULARY, d_model=64, encoder_layers=2, decoder_layers=2, encoder_ffn_dim=96, decoder_ffn_dim=96)))
    folder = tmp_path_factory.mktemp("translator")
    export_translator(model, folder)
    return model, folder


@torch.no_grad()
def test_encoder_and_its_int8(tmp_path):
    torch.manual_seed(1)
    model = round_weights(BertForMaskedLM._from_config(encoder.config(VOCABULARY), attn_implementation="eager"))
    export_encoder(model, tmp_path)
    ids, mask = ids_and_mask()
    want = model(ids, mask, torch.zeros_like(ids)).logits.numpy()
    feeds = dict(input_ids=ids.numpy(), attention_mask=mask.numpy(), token_type_ids=np.zeros_like(ids.numpy()))
    assert np.abs(run(tmp_path / "model.onnx", feeds)[0] - want).max() < 1e-4
    assert np.abs(run(tmp_path / "model_quantized.onnx", feeds)[0] - want).max() < 0.1 * np.abs(want).max()
    kinds = {t.data_type for t in onnx.load(str(tmp_path / "model.onnx")).graph.initializer if np.prod(t.dims) > 1000}
    assert kinds == {onnx.TensorProto.FLOAT16}


def test_twin_keeps_the_graph_and_forgets_the_weights(tmp_path):
    export_encoder(round_weights(BertForMaskedLM._from_config(encoder.config(VOCABULARY), attn_implementation="eager")), tmp_path, int8=False)
    source = tmp_path / "model.onnx"
    plan = twin.plan(source, 1)
    made = onnx.load_from_string(twin.build(source, plan))
    onnx.checker.check_model(made)
    table = next(onnx.numpy_helper.to_array(t) for t in made.graph.initializer if "word_embeddings" in t.name).astype(np.float32)
    assert abs(table.std() - twin.SPREAD) < 1e-3 and abs(table.mean()) < 1e-3
    assert twin.mulberry32(1, 3).tolist() == [2693262067, 11749833, 2265367787]


@torch.no_grad()
def test_decoder(tmp_path):
    model = round_weights(LlamaForCausalLM._from_config(decoder.config(VOCABULARY), attn_implementation="eager"))
    export_decoder(model, tmp_path)
    ids, _ = ids_and_mask()
    positions = torch.arange(11)[None].repeat(3, 1)
    want = model(ids, torch.ones_like(ids), positions).logits.numpy()
    got = run(tmp_path / "model.onnx", dict(input_ids=ids.numpy(), attention_mask=np.ones_like(ids.numpy()), position_ids=positions.numpy()))[0]
    assert np.abs(got - want).max() < 1e-4


@torch.no_grad()
@pytest.mark.parametrize("variant,tolerance", [("", 1e-4), ("_quantized", 0.5)])
def test_translator_with_and_without_cache(translator, variant, tolerance):
    model, folder = translator
    ids, mask = ids_and_mask()
    target = torch.randint(4, VOCABULARY, (3, 6))
    want = model.decoder(target, mask, model.encoder(ids, mask))[0].numpy()
    memory = run(folder / f"encoder_model{variant}.onnx", dict(input_ids=ids.numpy(), attention_mask=mask.numpy()))[0]
    session = ort.InferenceSession(str(folder / f"decoder_model_merged{variant}.onnx"))
    past = {i.name: np.zeros((3, i.shape[1], 0, i.shape[3]), np.float32) for i in session.get_inputs() if i.name.startswith("past")}
    names = [o.name for o in session.get_outputs()]
    feeds = dict(encoder_attention_mask=mask.numpy(), encoder_hidden_states=memory)
    logits, *present = session.run(None, dict(**feeds, **past, input_ids=target[:, :3].numpy(), use_cache_branch=np.array([False])))
    assert np.abs(logits - want[:, :3]).max() < tolerance
    for at in range(3, 6):
        past = {n.replace("present", "past_key_values"): v for n, v in zip(names[1:], present)}
        logits, *present = session.run(None, dict(**feeds, **past, input_ids=target[:, at:at + 1].numpy(), use_cache_branch=np.array([True])))
        assert np.abs(logits[:, 0] - want[:, at]).max() < tolerance


def test_positions_are_in_the_file_as_waves(translator):
    _, folder = translator
    model = onnx.load(str(folder / "encoder_model.onnx"))
    table = next(onnx.numpy_helper.to_array(t) for t in model.graph.initializer if t.name == "embed_positions")
    assert table.dtype == np.float32 and np.array_equal(table, sinusoidal_table(100, 64, 10000).numpy())
    assert table[3, 0] == pytest.approx(np.sin(3)) and table[3, 1] == pytest.approx(np.cos(3)) and table[3, 2] == pytest.approx(np.sin(3 / 10000 ** (2 / 64)))


def test_patterns_of_the_merged_file_are_causal_and_sum_to_one(translator):
    _, folder = translator
    first = branch_model(onnx.load(str(folder / "decoder_model_merged.onnx")), "else_branch")
    names = [n.output[0] for n in first.graph.node if n.op_type == "Softmax"]
    ids, mask = ids_and_mask()
    feeds = dict(encoder_attention_mask=mask.numpy(), input_ids=ids[:, :5].numpy(), encoder_hidden_states=np.random.default_rng(0).normal(size=(3, 11, 64)).astype(np.float32))
    own, cross, *_ = ort.InferenceSession(with_outputs(first, names)).run(names, feeds)
    assert np.allclose(own.sum(-1), 1, atol=1e-5) and np.abs(np.triu(own, 1)).max() == 0
    assert np.abs(cross[1, :, :, 7:]).max() == 0


@torch.no_grad()
def test_recurrent_attention_is_on_words_alone():
    model = RecurrentTranslator(RecurrentConfig(VOCABULARY)).eval()
    ids = torch.tensor([[2, 10, 11, 12, 3], [2, 20, 3, 0, 0]])
    values, hidden = model.encoder.padded(ids)
    _, weights = model.decoder.unrolled(torch.tensor([[2, 9], [2, 9]]), hidden, values)
    assert weights[0, :, [0, 4]].abs().max() == 0 and torch.allclose(weights[1, :, 1], torch.ones(2))
    assert torch.allclose(weights.sum(-1), torch.ones(2, 2), atol=1e-5)
    alone, first = model.encoder(ids[1:, :3])
    assert torch.allclose(values[1:, :3], alone, atol=1e-6) and torch.allclose(hidden[:, 1:], first, atol=1e-6)


@torch.no_grad()
def test_recurrent_steps(tmp_path):
    torch.manual_seed(2)
    model = round_weights(RecurrentTranslator(RecurrentConfig(VOCABULARY)))
    export_recurrent(model, tmp_path)
    ids, target = torch.randint(4, VOCABULARY, (3, 9)), torch.randint(4, VOCABULARY, (3, 5))
    states, hidden = model.encoder(ids)
    assert states.shape[-1] == 256
    want = model.decoder.unrolled(target, hidden, states)[0].numpy()
    assert np.abs(model(ids, target).numpy() - want).max() < 1e-4  # rows of one length: padding changes nothing
    got_states, got_hidden = run(tmp_path / "encoder.onnx", dict(input_ids=ids.numpy()))
    for at in range(5):
        logits, got_hidden = run(tmp_path / "decoder_step.onnx", dict(decoder_input_ids=target[:, at:at + 1].numpy(), hidden=got_hidden, encoder_outputs=got_states))
        assert np.abs(logits[:, 0] - want[:, at]).max() < 1e-4
