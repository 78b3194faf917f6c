"""Fingerprints of tokens: hashes of all stretches of K tokens, and some of them that suffice.

Whatever stretch of GUARANTEED tokens two texts share, they share a selected hash.
"""

import hashlib
from collections.abc import Container, Iterable, Sequence
from functools import lru_cache

from assessments.similarity.tokens import Token, tokens

# Shorter stretches are shared by chance; see docs/desk.md for how these were chosen.
K = 10
WINDOW = 4
GUARANTEED = K + WINDOW - 1
# Of longer code the beginning is compared: no loss function is as long.
MOST_TOKENS = 6000


@lru_cache(maxsize=200_000)
def _hash(words: tuple[str, ...]) -> int:
    digest = hashlib.blake2b("\x1f".join(words).encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def grams(code: Sequence[Token]) -> tuple[int, ...]:
    """Return the hash of the K tokens that begin at each token."""
    words = [token.text for token in code]
    return tuple(_hash(tuple(words[i : i + K])) for i in range(len(words) - K + 1))


@lru_cache(maxsize=256)
def known_grams(sources: Iterable[str]) -> frozenset[int]:
    """Return what nobody's code is known by: the stretches of a starter and of usual solutions."""
    return frozenset(gram for source in sources for gram in grams(tokens(source)))


def selected(hashes: Sequence[int], known: Container[int]) -> frozenset[int]:
    """Return the smallest hash of every window that is not `known`."""
    picked = set()
    for start in range(max(len(hashes) - WINDOW + 1, min(len(hashes), 1))):
        unknown = [value for value in hashes[start : start + WINDOW] if value not in known]
        if unknown:
            picked.add(min(unknown))
    return frozenset(picked)


def uncovered(size: int, hashes: Sequence[int], known: Container[int]) -> list[bool]:
    """Return for each of `size` tokens whether it is outside of every known stretch."""
    free = [True] * size
    for place, value in enumerate(hashes):
        if value in known:
            free[place : place + K] = [False] * K
    return free
