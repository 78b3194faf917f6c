"""What two pieces of code share: stretches of equal tokens, each used once."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from assessments.similarity.tokens import Token, tokens
from assessments.similarity.winnowing import MOST_TOKENS, K, grams, uncovered

# Of a stretch that occurs again and again so many places are tried.
MOST_PLACES = 20


class Tile(NamedTuple):
    """A stretch of equal tokens: where it begins in both, and how long it is."""

    first: int
    second: int
    length: int


@dataclass(frozen=True, slots=True)
class Code:
    """A submission's tokens and the hashes of their stretches; `own` marks what is not known."""

    tokens: tuple[Token, ...]
    grams: tuple[int, ...]
    own: tuple[bool, ...]

    @property
    def length(self) -> int:
        return sum(self.own)


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two share; `shared` counts the tokens of their own in it, `length` the shorter's own."""

    tiles: tuple[Tile, ...]
    shared: int
    length: int

    @property
    def similarity(self) -> float:
        return min(1.0, self.shared / self.length) if self.length else 0.0


def code_of(source: str, known: Container[int]) -> Code:
    """Return what is compared of `source`, where `known` stretches count for nothing."""
    found = tokens(source)[:MOST_TOKENS]
    hashes = grams(found)
    return Code(found, hashes, tuple(uncovered(len(found), hashes, known)))


def compare(first: Code, second: Code) -> Likeness:
    """Return what both share, longest stretches first where they compete; order counts nothing."""
    tiles = [tile for tile in _tiles(first, second) if _own(first, second, tile)]
    shared = sum(_own(first, second, tile) for tile in tiles)
    return Likeness(tuple(tiles), shared, min(first.length, second.length))


def _own(first: Code, second: Code, tile: Tile) -> int:
    """How many tokens of a tile are neither's starter nor everybody's words."""
    here = first.own[tile.first : tile.first + tile.length]
    there = second.own[tile.second : tile.second + tile.length]
    return sum(one and other for one, other in zip(here, there, strict=True))


def _tiles(first: Code, second: Code) -> list[Tile]:
    """Cover what is equal with tiles that do not overlap, the longest first."""
    found = sorted(set(_matches(first, second)), key=lambda tile: (-tile.length, tile))
    free_here, free_there = [True] * len(first.tokens), [True] * len(second.tokens)
    tiles = []
    for match in found:
        for tile in _still_free(match, free_here, free_there):
            free_here[tile.first : tile.first + tile.length] = [False] * tile.length
            free_there[tile.second : tile.second + tile.length] = [False] * tile.length
            tiles.append(tile)
    return sorted(tiles)


def _matches(first: Code, second: Code) -> list[Tile]:
    """Return the longest equal stretches of at least K tokens, as far as they begin anew."""
    places = defaultdict(list)
    for place, value in enumerate(second.grams):
        places[value].append(place)
    pairs = {
        (here, there)
        for here, value in enumerate(first.grams)
        for there in _near(places.get(value, []), here)
    }
    return [
        Tile(here, there, _run(pairs, here, there))
        for here, there in pairs
        if (here - 1, there - 1) not in pairs
    ]


def _near(places: list[int], here: int) -> list[int]:
    """Return the places that are nearest to `here`, of very many."""
    start = max(0, bisect_left(places, here) - MOST_PLACES // 2)
    return places[start : start + MOST_PLACES]


def _run(pairs: set[tuple[int, int]], here: int, there: int) -> int:
    length = K
    while (here + length - K + 1, there + length - K + 1) in pairs:
        length += 1
    return length


def _still_free(match: Tile, here: Sequence[bool], there: Sequence[bool]) -> list[Tile]:
    """Return the parts of a match, of K tokens or more, that no longer tile has taken."""
    parts, start = [], None
    for step in range(match.length + 1):
        free = step < match.length and here[match.first + step] and there[match.second + step]
        if free and start is None:
            start = step
        elif not free and start is not None:
            if step - start >= K:
                parts.append(Tile(match.first + start, match.second + start, step - start))
            start = None
    return parts
