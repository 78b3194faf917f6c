"""How often code that was copied is found, and how often code that was not: on the catalogue.

The printed figures are those of docs/desk.md (`-s` shows them).
"""

from itertools import combinations, pairwise

import pytest

from assessments.similarity.comparison import code_of, compare
from assessments.similarity.threshold import LONG, MILD, SHORTEST, STRICT, is_alike, wanted_share
from assessments.similarity.winnowing import GUARANTEED, K, grams, known_grams, selected
from grader.catalogue import CATALOGUE
from grader.catalogue.starter import starter
from tests.assessments.similarity.disguises import DISGUISES, merged

# Every third task: enough to see a change of the figures, and quick.
TASKS = list(CATALOGUE.values())[::3]


def likeness(task, one, other, usual):
    known = known_grams((starter(task), *usual))
    return compare(code_of(one, known), code_of(other, known))


def pairs_by_different_authors():
    for task in TASKS:
        sources = [variant.source for variant in task.variants]
        for one, other in combinations(sources, 2):
            yield likeness(task, one, other, [s for s in sources if s not in (one, other)])


def test_right_answers_of_different_authors_are_never_alike():
    found = list(pairs_by_different_authors())
    said = [each for each in found if each.length >= SHORTEST]
    highest = max(each.similarity for each in said)
    print(f"\n{len(said)} pairs of right answers, highest share {highest:.2f}")

    assert len(said) > 100
    assert not any(is_alike(each) for each in found)


def test_people_who_make_the_same_mistakes_are_hardly_ever_alike():
    found = [
        likeness(task, one.source, other.source, [each.source for each in task.variants])
        for task in TASKS
        for one, other in combinations(task.misconceptions, 2)
    ]
    alarms = sum(is_alike(each) for each in found)
    print(f"\n{alarms} of {len(found)} pairs of wrong answers")

    assert len(found) > 3000
    assert alarms <= len(found) / 1000


@pytest.mark.parametrize("disguise", DISGUISES)
def test_copied_code_is_found_in_whatever_disguise(disguise):
    found = [
        likeness(task, each.source, DISGUISES[disguise](each.source), others(task, each))
        for task in TASKS
        for each in task.variants
    ]

    assert_most_are_found(disguise, found, 0.97)


def test_half_of_ones_code_is_found_in_anothers():
    found = [
        likeness(task, one.source, merged(one.source, other.source), others(task, one))
        for task in TASKS
        for one, other in zip(task.variants, (*task.variants[1:], task.variants[0]), strict=True)
    ]

    assert_most_are_found("half of it", found, 0.95)


def others(task, variant):
    return [each.source for each in task.variants if each is not variant]


def assert_most_are_found(name, found, share):
    said = [each for each in found if each.length >= SHORTEST]
    hits = sum(map(is_alike, said))
    print(f"\n{name}: {hits} of {len(said)}, {len(found) - len(said)} too short")

    assert len(said) > 80
    assert hits >= share * len(said)


def test_the_starter_is_nobodys_own():
    task = CATALOGUE["huber"]

    assert likeness(task, starter(task), starter(task), ()).length == 0


def test_a_stretch_that_is_long_enough_shares_a_selected_hash():
    words = [f"x{i} = {i} * y[{i}]" for i in range(60)]
    whole = "\n".join(words)
    part = "\n".join(["zebra = 1", *words[20:24], "return 5"])

    one = selected(grams(code_of(whole, ()).tokens), ())
    other = selected(grams(code_of(part, ()).tokens), ())

    assert len(code_of("\n".join(words[20:24]), ()).tokens) >= GUARANTEED
    assert one & other
    assert len(one) < len(grams(code_of(whole, ()).tokens))


def test_each_token_is_counted_once_however_often_it_repeats():
    line = "total = total + weight * (first - second) ** 2 / 7.5\n"

    found = compare(code_of(line * 3, ()), code_of(line * 40, ()))

    assert found.similarity == 1.0
    assert sum(tile.length for tile in found.tiles) == found.shared == found.length
    starts = sorted((tile.first, tile.first + tile.length) for tile in found.tiles)
    assert all(end <= begin for (_, end), (begin, _) in pairwise(starts))


def test_shorter_code_must_share_more():
    shares = [wanted_share(length) for length in range(K, 300)]

    assert shares == sorted(shares, reverse=True)
    assert (shares[0], wanted_share(LONG), shares[-1]) == (STRICT, MILD, MILD)


def test_nothing_is_said_of_very_short_code():
    short = "a = b[1] + c[2] * d[3] - e[4]\n"

    found = compare(code_of(short, ()), code_of(short, ()))

    assert found.similarity == 1.0
    assert found.length < SHORTEST
    assert not is_alike(found)


def test_code_without_an_end_is_compared_in_time():
    """All tokens alike: each could stand for any other."""
    found = compare(code_of("x + " * 15_000, ()), code_of("y + " * 15_000, ()))

    assert found.similarity == pytest.approx(1.0)
