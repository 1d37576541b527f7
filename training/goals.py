"""What each starter must reach, and when a new one may replace the old one."""


def goal(text: str, got: object, reached: bool) -> dict:
    return dict(goal=text, got=got, reached=bool(reached))


def alignment(figures: dict) -> list[dict]:
    templates, links = figures["template_alignment"]["mean_of_heads"], figures["ibm1_agreement"]["mean_of_heads"]
    return [goal("content words of held-out templates aligned at least 0.95 (mean of heads)", templates, templates >= 0.95), goal("agreement with IBM-1 links at least 0.70 (mean of heads)", links, links >= 0.70)]


def check_goals(name: str, f: dict) -> list[dict]:
    """Every goal with the figure that was measured."""
    if name == "encoder":
        head, masks = f["cue_head"], f["masks_right"]
        return [goal("senses at least 0.94 (probe, hand-written sentences)", f["senses"], f["senses"] >= 0.94),
                goal("one head, chosen on templates, has a cue word first in at least 0.50", head["share"], head["share"] >= 0.5),
                goal("the 95 % interval of that head is above the median of all heads", head["interval"], head["interval"][0] > head["median_of_heads"]),
                goal("masked-token loss at most 4.8", f["masked_token_loss"], f["masked_token_loss"] <= 4.8),
                goal("[MASK] sentences: words of the right sense", {t: m["passed"] for t, m in masks.items()}, all(m["passed"] for m in masks.values())),
                goal("int8: senses within 0.02", f["int8"]["senses"], abs(f["int8"]["senses"] - f["senses"]) <= 0.02)]
    if name == "decoder":
        return [goal("perplexity at most 120", f["perplexity"], f["perplexity"] <= 120), goal("a previous-token head of at least 0.5", f["previous_token"]["weight"], f["previous_token"]["weight"] >= 0.5), goal("stretch: an induction head of at least 0.3", f["induction"]["weight"], f["induction"]["weight"] >= 0.3)]
    least = 36 if name == "translator" else 32
    goals = [goal(f"BLEU at least {least}", f["bleu"], f["bleu"] >= least), goal("the sentence of the notes exact, with and without full stop", f["jane"], f["jane_exact"])]
    if name == "translator":
        goals += [goal("held-out templates exact at least 0.98", f["templates_exact"], f["templates_exact"] >= 0.98), goal("int8 within 0.5 BLEU", f["int8"]["difference"], abs(f["int8"]["difference"]) <= 0.5)]
    return goals + alignment(f)


def main_figure(name: str, figures: dict) -> float:
    """One number, larger is better."""
    if name == "encoder":
        return -figures["masked_token_loss"]
    return -figures["perplexity"] if name == "decoder" else figures["bleu"]


def refuse_worse(name: str, new: dict, old: dict | None) -> str | None:
    """Why the new model may not be published, or None: it must work at all and must not be worse than the one that is there."""
    if name == "encoder" and (new["senses"] < 0.85 or new["entropy_share"] >= 0.7 or new["masked_token_loss"] > new["untrained_twin"]["masked_token_loss"] - 2):
        return "it does not tell the senses, attends to everything alike, or is hardly better than random weights"
    if name in ("translator", "recurrent-translator") and (new["bleu"] < 20 or not new["jane_exact"]):
        return f"BLEU {new['bleu']}, the sentence of the notes {'right' if new['jane_exact'] else 'wrong'}"
    if name == "decoder" and new["perplexity"] > 300:
        return f"perplexity {new['perplexity']}"
    if old and main_figure(name, new) < main_figure(name, old):
        return f"the present one is better ({main_figure(name, old):g} against {main_figure(name, new):g})"
    return None
