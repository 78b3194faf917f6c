"""Stability: the row's sweep of magnitudes, in both float widths where they hold it."""

import numpy as np

from grader.catalogue.task import Case, Extreme
from grader.families import Family
from grader.plan.draft import Draft, with_floats


def add_stability(draft: Draft) -> None:
    """Add the checks of this family."""
    for extreme in draft.task.extremes:
        _add_extreme(draft, extreme, extreme.name, extreme.case(draft.rng))
        if draft.task.gradient is None:
            _add_extreme(draft, extreme, f"{extreme.name}, once more", extreme.case(draft.rng))
        if extreme.float32:
            case = with_floats(extreme.case(draft.rng), draft.task, np.float32)
            _add_extreme(draft, extreme, f"{extreme.name}, float32", case)


def _add_extreme(draft: Draft, extreme: Extreme, name: str, case: Case) -> None:
    draft.value(Family.STABILITY, name, case, extreme.remedy)
    if extreme.gradient:
        draft.gradient(Family.STABILITY, name, case, extreme.remedy)
