"""What the grader says to a candidate, as it is said of them to somebody else."""

import re

_YOURS = re.compile(r"\b([Yy])our\b")
_OWNER = {"Y": "The candidate's", "y": "the candidate's"}
_AGAIN = {"Y": "Their", "y": "their"}


def told_of(sentence: str) -> str:
    """Return a sentence of the grader in the third person.

    "Your gradient is the right derivative of your own loss" becomes "The candidate's gradient is
    the right derivative of their own loss".
    """
    first = _YOURS.sub(lambda found: _OWNER[found[1]], sentence, count=1)
    return _YOURS.sub(lambda found: _AGAIN[found[1]], first)
