"""The room between the code's curve and the reference's, shaded where they part."""

from collections.abc import Sequence
from typing import Any

Numbers = Sequence[float | None]
COLOUR = "--m-curve-own"


def band(
    x: Sequence[float], got: Numbers, expected: Numbers, low: float, high: float
) -> list[dict[str, Any]]:
    """Return two lines that nobody sees, the upper one stacked on the lower, with shade between.

    Both end at the edges of the picture. Where either curve has no number there is no shade.
    """
    pairs = [_ends(g, e, low, high) for g, e in zip(got, expected, strict=False)]
    lower = [[at, pair[0] if pair else None] for at, pair in zip(x, pairs, strict=False)]
    between = [
        [at, pair[1] - pair[0] if pair else None] for at, pair in zip(x, pairs, strict=False)
    ]
    return [_unseen(lower, 0.0), _unseen(between, 0.16)]


def _ends(
    got: float | None, expected: float | None, low: float, high: float
) -> tuple[float, float] | None:
    if got is None or expected is None:
        return None
    one, other = sorted(min(max(value, low), high) for value in (got, expected))
    return one, other


def _unseen(data: list[list[float | None]], shade: float) -> dict[str, Any]:
    return {
        "name": "",
        "type": "line",
        "stack": "difference",
        # Whatever its sign, the one stands on the other.
        "stackStrategy": "all",
        "silent": True,
        "showSymbol": False,
        "data": data,
        "lineStyle": {"opacity": 0},
        "areaStyle": {"color": COLOUR, "opacity": shade},
        # The numbers themselves have a line of their own there.
        "tooltip": {"trigger": "none"},
        "z": 1,
    }
