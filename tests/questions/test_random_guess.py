"""What a guess earns, worked out from every answer that there is."""

from itertools import permutations, product
from statistics import mean

import pytest

from questions import kinds
from questions.kinds.matching import right_side
from questions.kinds.ordering import orders_by_right_pairs
from tests.questions.contents import CHOICES, PAIRS, PLOT, STATEMENT, STEPS
from tests.questions.test_kinds import CHOICE, CODING


def picks(keys):
    return [
        {"options": [key for key, taken in zip(keys, bits, strict=True) if taken]}
        for bits in product([False, True], repeat=len(keys))
    ]


def matches(content):
    letters, number = right_side(content, 0), len(content["pairs"])
    orders = permutations(letters, number)
    return [{"pairs": {str(n): x for n, x in enumerate(order, 1)}} for order in orders]


@pytest.mark.parametrize(
    ("kind", "content", "answers"),
    [
        ("single_choice", CHOICE, [{"option": key} for key in "abc"]),
        ("plot_reading", PLOT, [{"option": key} for key in "acd"]),
        ("true_false", STATEMENT, [{"choice": "true"}, {"choice": "false"}]),
        ("multiple_choice", CHOICES, picks("abcd")),
        ("multiple_choice", CHOICES | {"credit": "whole"}, picks("abcd")),
        ("matching", PAIRS, matches(PAIRS)),
        ("ordering", STEPS, [{"order": list(order)} for order in permutations("abcd")]),
    ],
)
def test_a_guess_earns_the_mean_of_all_answers(kind, content, answers):
    earned = [kinds.get(kind).score(content, answer, (), 0) for answer in answers]

    assert kinds.get(kind).random_guess(content) == pytest.approx(mean(earned))
    assert 0 < mean(earned) < 1


@pytest.mark.parametrize(
    ("kind", "content"),
    [("coding", CODING), ("open_text", {}), ("numeric", {}), ("short_text", {})],
)
def test_nobody_guesses_what_is_written(kind, content):
    assert kinds.get(kind).random_guess(content) is None


@pytest.mark.parametrize("items", [1, 2, 3, 5, 6])
def test_orders_are_counted_by_their_right_pairs(items):
    counted = [0] * (items * (items - 1) // 2 + 1)
    for order in permutations(range(items)):
        counted[sum(order[i] < order[j] for j in range(items) for i in range(j))] += 1

    assert orders_by_right_pairs(items) == counted
