"""What rows on amounts of 0 or more share: lists of them, and mistakes in what is refused."""

from collections.abc import Callable

import numpy as np

from grader.catalogue.task import Case, Misconception, patched
from grader.families import Family

# How solutions of these rows refuse a negative amount.
NEGATIVE = "if np.any(y_true < 0):"


def listed(y_true: list[float], second: list[float]) -> Callable[[np.random.Generator], Case]:
    return lambda rng: Case((np.array(y_true), np.array(second)))


def amount_mistakes(source: str, amount: str = "amount") -> tuple[Misconception, ...]:
    """Mistakes in the checks of a solution that asks NEGATIVE, and how its amounts are called."""
    return (
        Misconception(
            f"negative {amount}s accepted",
            Family.EDGE_CASES,
            f"It lets a negative {amount} through where it must raise ValueError.",
            patched(source, (NEGATIVE, "if y_true is None:")),
        ),
        Misconception(
            f"{amount}s of 0 refused",
            Family.EDGE_CASES,
            f"It refuses {amount}s of 0, which are the most usual ones of all.",
            patched(source, (NEGATIVE, "if np.any(y_true <= 0):")),
        ),
        Misconception(
            "NaN refused",
            Family.EDGE_CASES,
            "It raises ValueError for a NaN, which is not 0 or more, where a NaN result is asked.",
            patched(source, (NEGATIVE, "if not np.all(y_true >= 0):")),
        ),
    )
