"""Model cards from evaluation.json: data and licences, figures, what helped, what the model cannot do."""
from pathlib import Path

TEXT = {
    "encoder": dict(
        title="Encoder: two meanings of one word",
        what="A small BERT (4 layers, 4 heads, d = 160, lower-cased WordPiece of 6,000, learned positions, at most 96 tokens) that fills in masked words. Its heads tell the \"server\" of a restaurant from the \"server\" of a computer room by the words around it.",
        data=["English sides of Tatoeba sentence pairs (CC BY 2.0 FR)", "public-domain books (Project Gutenberg) and tiny Shakespeare", "documents on running computers: PagerDuty incident response and Prometheus (Apache-2.0), School of SRE and System Design Primer (CC BY 4.0)", "sentences generated from this project's own templates"],
        helped=["**Sense objective.** Beside masked words the model was trained to say, from its hidden state at \"server\" after every layer, which sense is meant (weight 0.5; on these sentences whole heads were left out at random, so that each had to find out). The head for it is not in the file. The figures beside it show the same model without this objective.", "**Templates.** About 9,000 generated sentences with \"server\" and 3,000 with waiter, waitress, computer and the like. Two frames are near relatives of the two example sentences.", "In sentences of the corpus about waiters and computers the word was replaced by \"server\" for the sense objective. A few words (waiter, waitress, menu and others) were given an entry of their own in the vocabulary."],
        cannot=["It is 500 times smaller than the models people use, and has read 17 MB of mostly old books: outside common words its guesses are poor.", "Where a head looks is no proof of why the model decides; the figures say how often the two agree.", "Senses other than these two, and other ambiguous words, were never trained for."],
    ),
    "translator": dict(
        title="Translator: French to English with a transformer",
        what="An encoder-decoder transformer (pre-norm, 3 + 2 layers, 4 heads, d = 192, cased BPE of 4,000 for both languages) with the sinusoidal positions of the notes: PE(pos, 2i) = sin(pos / 10000^(2i/d)), PE(pos, 2i+1) = cos(pos / 10000^(2i/d)), as a table in the file. An architecture of its own (model_type transformer-inspector-translator) with the usual file names and cache inputs.",
        data=["94,000 Tatoeba sentence pairs (CC BY 2.0 FR)", "20,000 sentence pairs generated from this project's own templates"],
        helped=["**Templates** of people, places and times. The combination of Jane, Africa and September was held out: the sentence of the notes was never seen.", "No alignment objective was used: where cross-attention looks was learned from translating alone."],
        cannot=["Sentences of Tatoeba's kind only: short, everyday. Rare words are often lost or replaced by likelier ones.", "Longer texts than a sentence, other languages, names it never saw."],
    ),
    "recurrent-translator": dict(
        title="Recurrent translator: where attention came from",
        what="French to English with a bidirectional GRU (128 a direction, so that the concatenated state has the notes' 256 dimensions), Bahdanau's additive attention and a GRU decoder (256). Same tokenizer and data as the translator. An architecture of its own (model_type transformer-inspector-recurrent) in two files: encoder.onnx, and decoder_step.onnx, which runs once per target token.",
        data=["94,000 Tatoeba sentence pairs (CC BY 2.0 FR)", "20,000 sentence pairs generated from this project's own templates"],
        helped=["**Templates**, as for the translator; the combination of Jane, Africa and September was held out.", "No alignment objective was used. Attention is kept to words: <SOS> and <EOS> are left out, because it otherwise rests on the end of the sentence, where the forward state sums it all up."],
        cannot=["As the translator, and it falls off sooner on long sentences: compare BLEU by source length in the two evaluation files.", "The encoder file knows no padding: sources of a batch must have one length."],
    ),
    "decoder": dict(
        title="Decoder: one word after the other",
        what="A causal language model of Llama's architecture (4 layers, 5 heads, d = 160, rotary positions, byte-level BPE of 4,000, at most 96 tokens).",
        data=["English sides of Tatoeba sentence pairs (CC BY 2.0 FR)", "public-domain books (Project Gutenberg) and tiny Shakespeare", "documents on running computers: PagerDuty incident response and Prometheus (Apache-2.0), School of SRE and System Design Primer (CC BY 4.0)"],
        helped=["6 % of its batches were random tokens repeated once, which can be predicted only by looking back."],
        cannot=["It writes grammatical beginnings, not sense.", "Perplexity is per token of its own small vocabulary and not comparable with other models' figures; bits per byte are."],
    ),
}
TWIN_CARD = """# Untrained twin of the encoder

The encoder's architecture and tokenizer with random weights (normal, standard deviation 0.04; norms 1, biases 0): the control. What the trained encoder shows and this one does not was learned.

No file of weights is stored: whenever the model is loaded they are made from a seed, the same ones everywhere, and written into the encoder's file as it is read; a digest of the result is checked. The encoder's card has its figures.
"""


def bullets(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def shown(value: object) -> str:
    """A figure as the card prints it."""
    if isinstance(value, dict):
        return "; ".join(f"{k} → {'yes' if v is True else 'no' if v is False else v}" for k, v in value.items())
    return f"{value}"


def extra(name: str, f: dict) -> str:
    """Figures beside the goals."""
    if name == "encoder":
        rows = [("trained", f), ("int8", f["int8"]), ("untrained twin", f["untrained_twin"])]
        if "without_sense_objective" in f:
            rows.append((f"without sense objective ({f['without_sense_objective']['cpu_minutes']} CPU minutes)", f["without_sense_objective"]))
        table = "\n".join(f"| {n} | {r['senses']:.3f} | {r['masked_token_loss']:.2f} | {r['entropy_share']:.2f} |" for n, r in rows)
        h = f["cue_head"]
        heads = "\n".join(f"- \"{e['text']}\": layer {e['layer']}, head {e['head']} gives {e['weight']:.2f} from \"server\" to \"{e['cue']}\"." for e in f["example_heads"])
        return (f"| model | senses ({f['sentences']} hand-written sentences) | masked-token loss | attention entropy / log n |\n|---|---|---|---|\n{table}\n\nThe cue head is layer {h['layer']}, head {h['head']}: a cue word first in {h['share']:.0%} of the hand-written sentences (95 % interval {h['interval'][0]:.0%} to {h['interval'][1]:.0%}; median of all heads {h['median_of_heads']:.0%}, chance {h['chance']:.0%}).\n\n{heads}\n")
    if name == "decoder":
        return f"{f['bits_per_byte']} bits per byte, perplexity per word {f['perplexity_per_word']}. Loss on random tokens {f['loss_first_copy']}, on their repetition {f['loss_second_copy']}. Previous-token head: layer {f['previous_token']['layer']}, head {f['previous_token']['head']}; best induction head: layer {f['induction']['layer']}, head {f['induction']['head']}.\n"
    rows = "\n".join(f"| {k} | {v['bleu']} | {v['sentences']} |" for k, v in f["bleu_by_source_words"].items())
    return f"BLEU on the {f['handwritten_sentences']} hand-written pairs (one reference each): {f['bleu_handwritten']}. Held-out templates exact: {f['templates_exact']:.1%}.\n\n| words of the source | BLEU | sentences |\n|---|---|---|\n{rows}\n"


def write_card(name: str, evaluation: dict, folder: Path) -> None:
    """card.md of a model folder."""
    if name not in TEXT:
        (folder / "card.md").write_text(TWIN_CARD, encoding="utf-8")
        return
    t, e = TEXT[name], evaluation
    goals = "\n".join(f"| {g['goal']} | {shown(g['got'])} | {'yes' if g['reached'] else '**no**'} |" for g in e["goals"])
    card = f"""# {t['title']}

{t['what']}

{e['parameters'] / 1e6:.2f} million parameters. Trained for {e['cpu_minutes']:g} minutes of CPU time ({e['machine']}; seed {e['seed']}). Weights are stored as float16 and computed with as float32; all figures are those of the exported file, run with onnxruntime.{' ' + e['note'] if 'note' in e else ''}

## Data

{bullets(t['data'])}

Licences and names: NOTICE at the root of the repository. The hand-written test sentences were written before training and never trained on.

## Figures

| goal | measured | reached |
|---|---|---|
{goals}

{extra(name, e['figures'])}
## What helped it

{bullets(t['helped'])}

## What it cannot do

{bullets(t['cannot'])}
"""
    (folder / "card.md").write_text(card, encoding="utf-8")
