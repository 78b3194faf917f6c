"""From when on two pieces of code are worth a look; docs/desk.md says how it was chosen."""

from assessments.similarity.comparison import Likeness

# Below so many tokens of one's own nothing can be said: short loss functions look alike by nature.
SHORTEST = 30
# Up to so many tokens nearly everything must be shared, from so many on half of it.
SHORT, LONG = 45, 120
STRICT, MILD = 0.8, 0.5


def wanted_share(length: int) -> float:
    """Return which share of the shorter code the other must hold, if it has `length` tokens."""
    if length <= SHORT:
        return STRICT
    return max(MILD, STRICT - (STRICT - MILD) * (length - SHORT) / (LONG - SHORT))


def is_alike(likeness: Likeness) -> bool:
    """Whether a person should look at two pieces of code; what it means is theirs to say."""
    long_enough = likeness.length >= SHORTEST
    return long_enough and likeness.similarity >= wanted_share(likeness.length)
