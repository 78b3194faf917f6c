"""Checks of many questions together: links, doubles, and what the right options have in common."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import combinations
from typing import NamedTuple

from questions.checking import wording
from questions.files import Entry, Fault

# Kinds whose keys and lengths are compared: one option is right.
CHOICES = ("single_choice", "plot_reading")
# Words that two prompts share, of all their words: below the first they are never compared in
# order, from the second on they are the same question.
SHARED, SAME = 0.6, 0.9
FEWEST_WORDS = 6
# By chance alone one bank in a hundred is found uneven.
# Source: quantiles of chi-square at 0.99 by degrees of freedom, and of the normal distribution.
CHI_SQUARE = {2: 9.21, 3: 11.34, 4: 13.28, 5: 15.09}
NORMAL = 2.33


class Lengths(NamedTuple):
    """How often the right option is the longest, or the shortest, of its question.

    Attributes:
        chance: how often that would be for right options picked at random.
        most: what is more than chance, but for one bank in a hundred.
    """

    longest: int
    shortest: int
    total: int
    chance: float
    most: float


def faults(entries: Sequence[Entry], known: Collection[str]) -> Iterator[Fault]:
    """Yield what is wrong among the files; `known` are the slugs of all questions there are."""
    for entry in entries:
        yield from _broken_links(entry, known)
    yield from _doubles(entries, "slug")
    yield from _doubles(entries, "title")
    yield from _same_prompts(entries)


def unevenness(entries: Sequence[Entry]) -> Iterator[str]:
    """Yield a sentence for each thing that tells right options apart over many questions."""
    keys, expected = keys_of(entries)
    distance = sum((keys[key] - n) ** 2 / n for key, n in expected.items())
    if distance > CHI_SQUARE.get(len(expected) - 1, float("inf")):
        found = ", ".join(f"{key} {keys[key]} (about {n:.0f})" for key, n in expected.items())
        yield f"The right keys are not spread evenly: {found}. Reorder options."
    lengths = lengths_of(entries)
    for word, count in (("longest", lengths.longest), ("shortest", lengths.shortest)):
        if count > lengths.most:
            yield (
                f"The right option is the {word} in {count} of {lengths.total} questions, where "
                f"{lengths.chance:.0f} would be chance and {lengths.most:.0f} is the most: "
                f"make others as {word.removesuffix('est')}."
            )


def advice(entries: Sequence[Entry]) -> Iterator[Fault]:
    """Yield what is no fault in one question, and a cue when many have it."""
    for entry in _choices(entries):
        yield from (entry.fault(*found) for found in wording.advice(entry.fields))


def keys_of(entries: Sequence[Entry]) -> tuple[Counter[str], dict[str, float]]:
    """Return how often each key is the right one, and how often it would be by chance."""
    counted: Counter[str] = Counter()
    expected: defaultdict[str, float] = defaultdict(float)
    for entry in _choices(entries):
        options = entry.fields["options"]
        counted.update(option["key"] for option in options if option.get("right"))
        for option in options:
            expected[option["key"]] += 1 / len(options)
    return counted, dict(sorted(expected.items()))


def lengths_of(entries: Sequence[Entry]) -> Lengths:
    """Compare the lengths of right options with those of the others; ties count for nothing."""
    longest = shortest = total = 0
    chance = variance = 0.0
    for entry in _choices(entries):
        right, others = wording.lengths_of(entry.fields) or (0, [0])
        share = 1 / (len(others) + 1)
        longest += right > max(others)
        shortest += right < min(others)
        total, chance, variance = total + 1, chance + share, variance + share * (1 - share)
    return Lengths(longest, shortest, total, chance, chance + NORMAL * variance**0.5)


def _choices(entries: Sequence[Entry]) -> Iterator[Entry]:
    return (entry for entry in entries if entry.fields["kind"] in CHOICES)


def _broken_links(entry: Entry, known: Collection[str]) -> Iterator[Fault]:
    for index, slug in enumerate(entry.fields.get("related", ())):
        field = ("related", index)
        if slug == entry.slug:
            yield entry.fault(field, "A question does not lead on to itself: drop it.")
        elif slug not in known:
            yield entry.fault(field, f"There is no question {slug!r}: name another, or drop it.")


def _doubles(entries: Sequence[Entry], name: str) -> Iterator[Fault]:
    first: dict[str, Entry] = {}
    for entry in entries:
        value = " ".join(entry.fields[name].split()).casefold()
        other = first.setdefault(value, entry)
        if other is not entry:
            sentence = f"{other.path.name} has the same {name}: rename one of them, or drop it."
            yield entry.fault((name,), sentence)


def _same_prompts(entries: Sequence[Entry]) -> Iterator[Fault]:
    asked = [(entry, words) for entry in entries if len(words := _asked(entry)) >= FEWEST_WORDS]
    sets = [frozenset(words) for _, words in asked]
    for i, j in combinations(range(len(asked)), 2):
        if len(sets[i] & sets[j]) < SHARED * max(len(sets[i]), len(sets[j])):
            continue
        if SequenceMatcher(None, asked[i][1], asked[j][1], autojunk=False).ratio() >= SAME:
            name = asked[i][0].path.name
            sentence = f"This asks nearly the same as {name}: drop one, or ask something else."
            yield asked[j][0].fault(("prompt",), sentence)


def _asked(entry: Entry) -> list[str]:
    """The words of what is asked; two figures may well be asked about in the same words."""
    figure = entry.fields.get("figure", {}).get("description", "")
    return re.findall(r"\w+", f"{entry.fields['prompt']} {figure}".casefold())
