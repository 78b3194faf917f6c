"""The gradient element by element, for the report."""

from typing import Any

import numpy as np

from grader.catalogue.task import Array
from grader.judge import wording
from grader.judge.comparison import wrong_elements
from grader.judge.truth import Truth

ROWS = 12


def gradient_table(
    got: Array, truth: Truth, elements: Array | None = None, numeric: Array | None = None
) -> list[dict[str, Any]]:
    """Return at most ROWS rows of index, got, expected, numeric and ratio.

    `elements` are the flat indices that were probed, with `numeric` their differences. Without them
    the wrong elements come first. A ratio to zero is null, and so is `numeric` where nothing was
    probed; a number that is not finite is the word for it.
    """
    if elements is None:
        wrong = wrong_elements(got, truth).reshape(-1)
        elements = np.sort(np.argsort(~wrong, kind="stable")[:ROWS])
    rows = []
    for j, element in enumerate(elements[:ROWS].tolist()):
        g, e = float(got.reshape(-1)[element]), float(truth.expected.reshape(-1)[element])
        index = tuple(int(i) for i in np.unravel_index(element, got.shape))
        rows.append(
            {
                "index": wording.ordinal_index(index),
                "got": wording.json_number(g),
                "expected": wording.json_number(e),
                "numeric": None if numeric is None else wording.json_number(float(numeric[j])),
                "ratio": wording.json_number(g / e) if e else None,
            }
        )
    return rows
