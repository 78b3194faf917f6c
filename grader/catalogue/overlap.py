"""What losses on the overlap of a mask and a prediction share: counts, slopes, sums, neglect."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.catalogue.exact import flat, pairs
from grader.catalogue.inputs import paired
from grader.catalogue.pairs import neglects as pair_neglects
from grader.catalogue.pairs import rules as pair_rules
from grader.catalogue.slips import Slip, made
from grader.catalogue.task import (
    Argument,
    Array,
    Case,
    Curve,
    Edge,
    Extreme,
    Misconception,
    Parameter,
    Shape,
    patched,
)
from grader.families import Family

Pair = tuple[Array, Array]
Draw = Callable[[np.random.Generator], Case]

ARGUMENTS = (Argument("y_true", integers=True), Argument("y_pred", differentiate=True))
SMOOTH = Parameter("smooth", 1.0, others=(0.0, 0.25, 10.0))
SHAPES = ((4, 4), (1,), (9,), (2, 3, 4))
LARGE = (100_000,)


def rules(loss: str) -> tuple[str, ...]:
    """The rules that hold for every such row, whose index is named."""
    return (
        *pair_rules(),
        "All elements together make one index: the sums run over every axis.",
        "y_true holds 0 and 1 or soft targets between them, y_pred holds probabilities; neither is "
        "rounded or clipped.",
        f"smooth is added to numerator and denominator; without any foreground, y_true all 0, the "
        f"{loss} follows from the formula as well.",
        "The gradient is right for sums and smooth down to 1e-200, and for a smooth up to 1e200.",
    )


class Overlap:
    """The sums of a mask y and a prediction p, and the index that they make.

        loss = 1 - (m TP + smooth) / (m TP + a FP + b FN + smooth)
        TP = sum y p, FP = sum (1 - y) p, FN = sum y (1 - p)

    Tversky's index has m = 1, Dice's m = 2 and a = b = 1, Jaccard's m = a = b = 1.

    Args:
        y_true, y_pred: one shape, any.
        weights: m, a and b.

    Raises:
        ValueError: where shapes differ or the arrays are empty.

    Source: Salehi, Erdogmus, Gholipour, Tversky Loss Function for Image Segmentation (2017),
        equation 4.
    """

    def __init__(
        self, y_true: Array, y_pred: Array, weights: tuple[float, float, float], smooth: float
    ) -> None:
        self.y, p = paired(y_true, y_pred)
        self.weights = weights
        matched, a, b = weights
        # What is missed over the whole: a nearly perfect prediction keeps its digits.
        self.missed = float(a * np.sum((1.0 - self.y) * p) + b * np.sum(self.y * (1.0 - p)))
        self.hit = float(matched * np.sum(self.y * p)) + smooth
        self.whole = self.hit + self.missed

    @property
    def loss(self) -> float:
        return self.missed / self.whole

    @property
    def slope(self) -> Array:
        """The derivative of the loss with respect to y_pred, of its shape."""
        matched, a, b = self.weights
        found, missed = self.hit / self.whole, self.missed / self.whole
        each = (a * (1.0 - self.y) - b * self.y) * found - matched * self.y * missed
        return np.asarray(each / self.whole)


def sums(mp: Any, y_true: Any, y_pred: Any) -> tuple[Any, Any, Any]:
    """Return sum y p, sum y and sum p of nested lists, for definitions."""
    both = mp.fsum(y * p for y, p in pairs(y_true, y_pred))
    return both, mp.fsum(flat(y_true)), mp.fsum(flat(y_pred))


def terms(y_true: Array, y_pred: Array, **parameters: float) -> float:
    """Return 1: the loss is 1 less a share."""
    return 1.0


def sample(rng: np.random.Generator, shape: Shape) -> Pair:
    """Draw hard and soft targets, and probabilities away from 0 and 1."""
    y = rng.integers(0, 2, size=shape).astype(np.float64)
    soft = rng.uniform(0.1, 0.9, size=shape)
    # At least one of each, wherever there is room: without foreground many mistakes agree.
    place = rng.permutation(y.size).reshape(shape)
    y = np.where(place == 0, 1.0, np.where(place == 1, 0.0, y))
    return np.where(place % 4 == 2, soft, y), rng.uniform(0.05, 0.95, size=shape)


def hard(rng: np.random.Generator, shape: Shape = (4, 4)) -> Case:
    """A mask of 0 and 1 that is predicted perfectly."""
    y = rng.permutation(np.resize([0.0, 1.0, 1.0], shape).reshape(-1)).reshape(shape)
    return Case((y, y.copy()))


def two_masks(rng: np.random.Generator) -> Case:
    """A hard mask, and a hard prediction that has nothing to do with it."""
    y, p = rng.integers(0, 2, size=(2, 12)).astype(np.float64)
    return Case((y, p), {"smooth": 0.5})


def without_smooth(draw: Draw) -> Draw:
    return lambda rng: Case(draw(rng).arguments, {"smooth": 0.0})


def _nothing_there(scale: float, smooth: float) -> Draw:
    """Return a draw of an empty mask, and predictions of `scale` and below."""

    def case(rng: np.random.Generator) -> Case:
        return Case((np.zeros(12), scale * rng.uniform(0.1, 1.0, size=12)), {"smooth": smooth})

    return case


def _ordinary(smooth: float) -> Draw:
    return lambda rng: Case(sample(rng, (4, 4)), {"smooth": smooth})


def _nearly_perfect(rng: np.random.Generator) -> Case:
    y = rng.permutation(np.resize([0.0, 1.0, 1.0], 12))
    return Case((y, np.abs(y - 1e-9 * rng.uniform(0.1, 1.0, size=12))))


def _small_object(rng: np.random.Generator) -> Case:
    """Eight pixels of foreground among a thousand, as lesions are."""
    y = (rng.permutation(1024) < 8).astype(np.float64)
    return Case((y, np.where(y == 1.0, 0.5, 1e-9) * rng.uniform(0.5, 1.0, size=1024)))


TWICE = (
    "Divide by the denominator twice, not by its square: the square of 1e200 is infinite, and that "
    "of 1e-200 is 0."
)

EXTREMES = (
    Extreme("smooth of 1e200", _ordinary(1e200), TWICE),
    Extreme("empty mask, all of 1e-200", _nothing_there(1e-200, 1e-200), TWICE),
    Extreme(
        "empty mask, predictions of 1e-9",
        _nothing_there(1e-9, 1e-9),
        "Add smooth and nothing else: an epsilon as large as the sums changes the loss.",
        float32=True,
    ),
    Extreme(
        "nearly perfect prediction",
        _nearly_perfect,
        "Keep the sums in float64 and take the prediction as it is: clipped probabilities can't "
        "be perfect.",
    ),
    Extreme(
        "a small object in a large image",
        _small_object,
        "Take the prediction as it is: a thousand clipped zeros add up.",
        float32=True,
    ),
)


def edges(perfect: str) -> tuple[Edge, ...]:
    """The edges of such a row; `perfect`: how its loss of a perfect hard mask is called."""
    return (
        Edge("perfect prediction of a hard mask", hard, f"{perfect} is 0 where y_pred is y_true."),
        Edge(
            "nothing in common",
            lambda rng: Case((np.array([1.0, 1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0, 0.5]))),
            "With no overlap the loss is 1 less the share of smooth.",
        ),
        Edge(
            "no foreground and none predicted",
            lambda rng: Case((np.zeros(6), np.zeros(6))),
            "Two empty masks agree: smooth over smooth is 1, and the loss is 0.",
        ),
        Edge(
            "no foreground",
            lambda rng: Case((np.zeros((2, 3)), rng.uniform(0.1, 0.9, size=(2, 3)))),
            "An empty mask is a mask like others.",
        ),
        Edge(
            "all foreground",
            lambda rng: Case((np.ones(8), rng.uniform(0.1, 0.9, size=8))),
            "A full mask is a mask like others.",
        ),
    )


FIRST = "    both = (y_true * y_pred).sum()\n"  # of a plain solution's sums


SLIPS = (
    Slip(
        "mean of one index a row",
        Family.VALUES,
        "It makes an index of every row and averages them, where all elements make one index.",
        (
            (".sum()", ".sum(axis=-1, keepdims=True)"),
            ("return 1 - index", "return np.mean(1 - index)"),
            ("{slope}", "{slope} / (y_pred.size // y_pred.shape[-1])"),
        ),
    ),
    Slip(
        "means for sums",
        Family.VALUES,
        "It takes means where sums are asked, which makes smooth as heavy as the whole image.",
        (
            (".sum()", ".mean()"),
            ("{slope}", "{slope} / y_pred.size"),
        ),
    ),
    Slip(
        "index for loss",
        Family.VALUES,
        "It returns the index itself, which is largest where the prediction is best: the loss "
        "is 1 less the index.",
        (
            ("return 1 - index", "return index"),
            ("{slope}", "-{slope}"),
        ),
    ),
    Slip(
        "thresholded prediction",
        Family.VALUES,
        "It rounds the probabilities to 0 and 1 first, which leaves nothing to differentiate.",
        ((FIRST, "    y_pred = np.where(y_pred > 0.5, 1.0, 0.0)\n" + FIRST),),
    ),
    Slip(
        "minus log of the index",
        Family.VALUES,
        "It returns minus the log of the index, where the loss is 1 less the index.",
        (
            ("return 1 - index", "return -np.log(index)"),
            ("{slope}", "{slope} / index"),
        ),
    ),
    Slip(
        "smooth below alone",
        Family.VALUES,
        "It adds smooth to the denominator alone, so that even a perfect prediction costs "
        "something.",
        (("(above + smooth)", "above"),),
    ),
    Slip(
        "smooth ignored",
        Family.VALUES,
        "It ignores smooth and adds a tiny epsilon of its own.",
        ((FIRST, "    smooth = 1e-7\n" + FIRST),),
    ),
    Slip(
        "gradient sign",
        Family.GRADIENTS,
        "Its gradient is that of the index, not of 1 less the index: the sign is wrong.",
        (("{slope}", "-{slope}"),),
    ),
    Slip(
        "gradient divided by n",
        Family.GRADIENTS,
        "Its gradient is divided by the number of elements, though the loss is no mean.",
        (("{slope}", "{slope} / y_pred.size"),),
    ),
    Slip(
        "probabilities clipped",
        Family.STABILITY,
        "It clips the probabilities to 1e-7 and 1 - 1e-7: over many pixels that adds up.",
        ((FIRST, "    y_pred = np.clip(y_pred, 1e-7, 1 - 1e-7)\n" + FIRST),),
    ),
    Slip(
        "NaN hidden",
        Family.EDGE_CASES,
        "It takes a NaN for 0 before it adds up: bad data is hidden.",
        ((FIRST, "    y_true, y_pred = np.nan_to_num(y_true), np.nan_to_num(y_pred)\n" + FIRST),),
    ),
    Slip(
        "soft targets refused",
        Family.VALUES,
        "It refuses every target but 0 and 1, where soft targets between them are welcome.",
        (
            (
                FIRST,
                "    if not np.isin(y_true[y_true == y_true], (0, 1)).all():\n"
                '        raise ValueError("the mask must be binary")\n' + FIRST,
            ),
        ),
    ),
)


def slips(source: str, slope: str) -> tuple[Misconception, ...]:
    """Mistakes that all such rows see, in a plain solution.

    It opens with CHECK, its sums begin with FIRST, and `slope` is what its `grad` returns.
    """
    return (*made(source, SLIPS, slope=slope), *pair_neglects(source))


def fixed_denominator(source: str, slope: str, without: str) -> Misconception:
    """The gradient of the numerator alone."""
    return Misconception(
        "denominator held fixed",
        Family.GRADIENTS,
        "Its gradient treats the denominator as a constant, though it grows with the prediction.",
        patched(source, (slope, without)),
    )


def squared_denominator(source: str, slope: str, quotient: str) -> Misconception:
    """The quotient rule as it stands in books."""
    return Misconception(
        "denominator squared",
        Family.STABILITY,
        "Its gradient divides by the square of the denominator, which overflows for large sums and "
        "vanishes for small ones.",
        patched(source, (slope, quotient)),
    )


def curve(title: str) -> Curve:
    """The loss of one pixel of the foreground over its probability."""
    return Curve(title, "y_pred", 0.0, 1.0, lambda p: Case((np.ones(1), np.array([p]))))
