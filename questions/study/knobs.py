"""What can be turned in the picture of a loss besides the number that moves: targets and the like.

Parameters are found in the row itself. What stands here says which inputs can take which values,
and never how the loss is computed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Input:
    """An argument that can be set.

    Attributes:
        argument: its name in the signature.
        label: how the page calls it.
        values: each choice in words and as a number, or as an array of the argument's shape.
    """

    argument: str
    label: str
    values: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """What differs from the rule in the pictures of one row.

    Attributes:
        inputs: arguments that can be set.
        title, axis: in place of those of the curve, where they name what can be turned.
        every: draw each curve of the row, where they differ in more than can be turned.
    """

    inputs: tuple[Input, ...] = ()
    title: str = ""
    axis: str = ""
    every: bool = False


@dataclass(frozen=True, slots=True)
class Moving:
    """One entry of the inputs of an example, for rows without a curve.

    Attributes:
        argument, index: the entry.
        low, high: its range.
        axis: how the page calls it.
    """

    argument: str
    index: tuple[int, ...]
    low: float
    high: float
    axis: str


def _numbers(argument: str, *values: float, label: str = "") -> Input:
    return Input(argument, label or argument, tuple((f"{value:g}", value) for value in values))


def _named(argument: str, label: str, **values: Any) -> Input:
    named = tuple((name.replace("_", " "), value) for name, value in values.items())
    return Input(argument, label, named)


def _shares(argument: str, *firsts: float) -> Input:
    """Distributions over two classes, by the share of the first."""
    values = tuple((f"{first:g}", [[first, 1 - first]]) for first in firsts)
    return Input(argument, f"{argument} of the first class", values)


_HALF = (0, 0.25, 0.5, 0.75, 1)
_BINARY = _numbers("y_true", 0, 1)
_SOFT = _numbers("y_true", *_HALF)
_SIGN = _numbers("y_true", -1, 1)
_CLASS = _named("y_true", "right class", the_first=[[1.0, 0.0]], the_second=[[0.0, 1.0]])
_WORD = _named("labels", "right word", the_one_that_moves=0, the_other=1)
_SAME = _named("same", "pair", equal=1, different=0)
_LEVEL = _numbers("alpha_bar", 0.05, 0.25, 0.5, 0.75, 0.9375, 0.99, label="alpha_bar (signal)")
_SLID = "cosine of class 0"

SETTINGS: Mapping[str, Setting] = {
    "arcface": Setting(
        (_named("labels", "right class", class_0=0, class_1=1),),
        "Two classes, the cosine of class 1 at 0.2",
        _SLID,
    ),
    "binary-cross-entropy": Setting((_SOFT,)),
    "binary-cross-entropy-with-logits": Setting((_SOFT,)),
    "brier-score": Setting((_CLASS,), axis="probability of the first class"),
    "categorical-cross-entropy": Setting((_CLASS,), axis="probability of the first class"),
    "contrastive-pair": Setting((_SAME,), "A pair, in one dimension"),
    "cosine-embedding": Setting((_SAME,), "A pair"),
    "dice": Setting((_BINARY,), "One pixel"),
    "diffusion-noise-prediction": Setting((_LEVEL,), "One element"),
    "distillation": Setting(
        (
            _named(
                "teacher_logits",
                "the teacher's first logit",
                **{"-2": [[-2.0, 0.0]], "0": [[0.0, 0.0]], "2": [[2.0, 0.0]], "4": [[4.0, 0.0]]},
            ),
        ),
        "Two classes, the second logits being 0",
        "the student's first logit",
    ),
    "exponential": Setting((_SIGN,), axis="score"),
    "focal": Setting((_BINARY,)),
    "gan-discriminator": Setting(every=True),
    "gaussian-nll": Setting(
        (_numbers("y_true", -1, 0, 1), _numbers("variance", 0.25, 0.5, 1, 2, 4)),
        "One sample",
    ),
    "giou": Setting(
        (
            _named(
                "boxes_true",
                "the true box",
                a_unit_square=[[0.0, 0.0, 1.0, 1.0]],
                as_high_as_the_prediction=[[0.0, 0.25, 1.0, 1.25]],
                twice_as_wide=[[0.0, 0.0, 2.0, 1.0]],
            ),
        ),
        "A unit box, slid past the true one",
    ),
    "hinge": Setting((_SIGN,)),
    "hinge-discriminator": Setting(every=True),
    "jaccard": Setting((_BINARY,), "One pixel"),
    "jensen-shannon": Setting((_shares("p", 0.1, 0.3, 0.5, 0.7, 0.9),), "Two classes"),
    "kl-divergence": Setting((_shares("p", 0.1, 0.3, 0.5, 0.7, 0.9),), "Two classes"),
    "listnet": Setting(
        (
            _named(
                "relevance",
                "relevances",
                **{
                    "1 and 0": [[1.0, 0.0]],
                    "3 and 0": [[3.0, 0.0]],
                    "0 and 0": [[0.0, 0.0]],
                    "0 and 1": [[0.0, 1.0]],
                },
            ),
        ),
        "Two items",
        "lead of the first item",
    ),
    "lsgan-discriminator": Setting(every=True),
    "margin-ranking": Setting((_numbers("y", -1, 1),)),
    "mean-squared-logarithmic-error": Setting((_numbers("y_true", 0, 1, 3, 6, 9),)),
    "modified-huber": Setting((_SIGN,), axis="score"),
    "perplexity": Setting((_WORD,), axis="logit of one word, the other's being 0"),
    "poisson-nll": Setting((_numbers("y_true", 0, 1, 2, 3, 5),), "One log rate"),
    "ppo-clip": Setting((_numbers("advantages", -2, -1, 1, 2, label="advantage"),), "One action"),
    "regularised-squared-error": Setting(
        (_numbers("y", 0, 0.5, 1, 2),), "One coefficient, its feature being 1"
    ),
    "softmax-cross-entropy": Setting(
        (_named("labels", "right class", the_one_that_moves=0, another_one=1),),
        "Three classes, two logits at 0",
        "logit of one class",
    ),
    "squared-hinge": Setting((_SIGN,), axis="score"),
    "token-cross-entropy": Setting((_WORD,), axis="logit of one word, the other's being 0"),
    "triplet": Setting(
        (
            Input(
                "negative",
                "distance of the negative",
                (("1", [[-1.0]]), ("2", [[-2.0]]), ("3", [[-3.0]])),
            ),
        ),
        "The positive on a line",
    ),
    "tversky": Setting((_BINARY,), "One pixel"),
    "tweedie-deviance": Setting((_numbers("y_true", 0, 0.5, 1, 2, 3),), "One prediction"),
    "uncertainty-weighted": Setting(
        (_numbers("losses", 0.25, 0.5, 1, 2, 4, label="loss of the task"),), "One task"
    ),
    "velocity-prediction": Setting(
        (
            _numbers("x0", -1, 0, 1),
            _numbers("noise", -0.5, 0.5, 1),
            _numbers("alpha_bar", 0, 0.25, 0.5, 0.75, 1, label="alpha_bar (signal)"),
        ),
        "One element",
    ),
    "wasserstein-critic": Setting(every=True),
    "weighted-binary-cross-entropy": Setting((_numbers("y_true", 0, 0.5, 1),), "One logit"),
    "weighted-squared-error": Setting(
        (
            Input(
                "sample_weight",
                "weight of the sample",
                tuple((f"{w:g}", [[w, 3.0]]) for w in (0.5, 1, 3, 6)),
            ),
        ),
        "One error beside an error of 1 of weight 3",
    ),
}

MOVING: Mapping[str, Moving] = {
    "clip": Moving("text", (0, 1), -5, 5, "second coordinate of the first text"),
    "cost-sensitive-cross-entropy": Moving("logits", (0, 0), -6, 6, "logit of class 0"),
    "cox": Moving("risk", (0,), -4, 4, "risk of the first subject"),
    "ctc": Moving("log_probs", (0, 1), -4, 0, "log-probability of class 1 in the first frame"),
    "detection": Moving("boxes_pred", (0, 0), -3, 3, "first coordinate of the box"),
    "info-nce": Moving("keys", (0, 1), -5, 5, "second coordinate of the first key"),
    "label-smoothing-cross-entropy": Moving("logits", (0, 1), -4, 8, "logit of the right class"),
    "multiclass-focal": Moving("logits", (0, 0), -6, 6, "logit of the right class"),
    "multiclass-hinge": Moving("scores", (0, 0), -3, 5, "score of the first sample's right class"),
    "negative-log-likelihood": Moving("log_probs", (0, 1), -5, 0, "log-probability of the label"),
    "nt-xent": Moving("z2", (0, 1), -4, 4, "second coordinate of the first z2"),
    "relevance-diversity": Moving("weights", (0,), -3, 3, "weight of the first item"),
    "supervised-contrastive": Moving("z", (1, 1), -4, 4, "second coordinate of the second row"),
}
# Where an error is drawn, the truth can be moved, and the prediction is the number that moves.
DIFFERENCES: Mapping[str, tuple[str, str]] = {
    "y_pred - y_true": ("y_true", "y_pred"),
    "noise_pred - noise": ("noise", "noise_pred"),
}
TRUTHS = (-2.0, -1.0, 0.0, 1.0, 2.0)
