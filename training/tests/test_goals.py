"""When a new model may replace the one that is there."""
from training.goals import check_goals, refuse_worse

TRANSLATOR = dict(bleu=40.0, jane_exact=True, jane={}, templates_exact=1.0, int8=dict(difference=-0.1), template_alignment=dict(mean_of_heads=1.0), ibm1_agreement=dict(mean_of_heads=0.69))
ENCODER = dict(senses=0.95, entropy_share=0.3, masked_token_loss=4.5, untrained_twin=dict(masked_token_loss=8.7))


def test_a_better_model_replaces_and_a_worse_one_does_not():
    assert refuse_worse("translator", TRANSLATOR, None) is None
    assert refuse_worse("translator", TRANSLATOR, dict(bleu=39.0)) is None
    assert "better" in refuse_worse("translator", TRANSLATOR, dict(bleu=41.0))
    assert refuse_worse("decoder", dict(perplexity=80.0), dict(perplexity=90.0)) is None
    assert "better" in refuse_worse("decoder", dict(perplexity=90.0), dict(perplexity=80.0))


def test_a_model_that_does_not_work_never_replaces():
    assert refuse_worse("translator", {**TRANSLATOR, "jane_exact": False}, None)
    assert refuse_worse("encoder", {**ENCODER, "entropy_share": 0.9}, None)
    assert refuse_worse("encoder", {**ENCODER, "masked_token_loss": 8.0}, None)
    assert refuse_worse("encoder", ENCODER, None) is None


def test_a_goal_that_is_missed_is_said():
    missed = [g["goal"] for g in check_goals("translator", TRANSLATOR) if not g["reached"]]
    assert missed == ["agreement with IBM-1 links at least 0.70 (mean of heads)"]
