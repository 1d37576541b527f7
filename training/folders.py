"""Writes a model folder in the Hub's layout and puts it in place of the old one in one step, only when its evaluation passed."""
import json
import os
import shutil
from pathlib import Path

from tokenizers import Tokenizer

CONTEXT = 96


def write_json(path: Path, data: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def write_tokenizer(folder: Path, tokenizer: Tokenizer, kind: str, limit: int, roles: dict[str, str], more: dict | None = None) -> None:
    """tokenizer.json, tokenizer_config.json and special_tokens_map.json; `roles` maps cls_token and the like to the token."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    special = json.loads(tokenizer.to_str())["added_tokens"]
    added = {str(t["id"]): {k: t[k] for k in ("content", "lstrip", "normalized", "rstrip", "single_word", "special")} for t in special}
    write_json(folder / "tokenizer_config.json", dict(added_tokens_decoder=added, clean_up_tokenization_spaces=False, model_max_length=limit, tokenizer_class=kind, **(more or {}), **roles))
    write_json(folder / "special_tokens_map.json", roles)


def encoder_files(folder: Path, config: dict, tokenizer: Tokenizer) -> None:
    """config.json and tokenizer files of a BERT."""
    names = ("attention_probs_dropout_prob", "hidden_act", "hidden_dropout_prob", "hidden_size", "initializer_range", "intermediate_size", "layer_norm_eps", "max_position_embeddings", "num_attention_heads", "num_hidden_layers", "pad_token_id", "type_vocab_size", "vocab_size")
    write_json(folder / "config.json", dict(architectures=["BertForMaskedLM"], model_type="bert", position_embedding_type="absolute", **{n: config[n] for n in names}))
    roles = dict(cls_token="[CLS]", sep_token="[SEP]", pad_token="[PAD]", unk_token="[UNK]", mask_token="[MASK]")
    write_tokenizer(folder, tokenizer, "BertTokenizer", config["max_position_embeddings"], roles, dict(do_lower_case=True))


def decoder_files(folder: Path, config: dict, tokenizer: Tokenizer) -> None:
    """config.json, generation_config.json and tokenizer files of a Llama."""
    names = ("attention_bias", "attention_dropout", "bos_token_id", "eos_token_id", "hidden_act", "hidden_size", "initializer_range", "intermediate_size", "max_position_embeddings", "mlp_bias", "num_attention_heads", "num_hidden_layers", "num_key_value_heads", "pad_token_id", "rms_norm_eps", "tie_word_embeddings", "vocab_size")
    write_json(folder / "config.json", dict(architectures=["LlamaForCausalLM"], model_type="llama", head_dim=config["hidden_size"] // config["num_attention_heads"], rope_theta=10000.0, **{n: config[n] for n in names}))
    write_json(folder / "generation_config.json", dict(bos_token_id=1, eos_token_id=1, pad_token_id=0, max_length=config["max_position_embeddings"]))
    write_tokenizer(folder, tokenizer, "PreTrainedTokenizerFast", config["max_position_embeddings"], dict(bos_token="<|endoftext|>", eos_token="<|endoftext|>", pad_token="<pad>"))


TRANSLATION_IDS = dict(pad_token_id=0, bos_token_id=2, eos_token_id=3, decoder_start_token_id=2)


def translation_files(folder: Path, kind: str, config: dict, tokenizer: Tokenizer) -> None:
    """config.json, generation_config.json and tokenizer files of one of the two translators; `kind` is their own model_type."""
    counts = dict(num_hidden_layers=config.get("encoder_layers", 1), num_attention_heads=config.get("encoder_attention_heads", 1))
    write_json(folder / "config.json", dict(model_type=kind, is_encoder_decoder=True, **counts, **TRANSLATION_IDS, **config))
    write_json(folder / "generation_config.json", dict(**TRANSLATION_IDS, max_length=CONTEXT, num_beams=1))
    roles = dict(bos_token="<SOS>", eos_token="<EOS>", pad_token="<pad>", unk_token="<unk>")
    write_tokenizer(folder, tokenizer, "PreTrainedTokenizerFast", CONTEXT, roles, dict(source_lang="fr", target_lang="en"))


def replace_folder(new: Path, target: Path) -> None:
    """Put `new` in the place of `target`; at every moment one of the two is there whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    staged = target.with_name(f".{target.name}.new")
    shutil.rmtree(staged, ignore_errors=True)
    shutil.copytree(new, staged)
    if target.exists():
        os.replace(target, old)
    os.replace(staged, target)
    shutil.rmtree(old, ignore_errors=True)
