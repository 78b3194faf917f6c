"""Weighted kappa, against numbers from paper."""

import pytest

from assessments.agreement import FEWEST, Agreement, weighted_kappa


def table(rows, shares):
    """The pairs that a table of counts stands for: rows are the one person, columns the other."""
    return [
        (shares[row], shares[column])
        for row, counts in enumerate(rows)
        for column, count in enumerate(counts)
        for _ in range(count)
    ]


@pytest.mark.parametrize(
    ("rows", "kappa"),
    [
        ([[5, 0], [0, 5]], 1.0),
        ([[0, 5], [5, 0]], -1.0),
        ([[4, 4], [4, 4]], 0.0),
        # Two categories: weights make no difference, so that it is (po - pe) / (1 - pe) with
        # po = 35/50 and pe = 25/50 * 30/50 + 25/50 * 20/50 = 1/2.
        ([[20, 5], [10, 15]], 0.4),
        # Three categories 0, 1, 2, with margins of 8, 6, 6 and 7, 7, 6. Squared differences seen:
        # 2 + 4 + 1 + 1 + 4 + 1 in 20 pairs; by chance (8 * 31 + 6 * 13 + 6 * 35) / 20**2 a pair.
        ([[5, 2, 1], [1, 4, 1], [1, 1, 4]], 1 - (13 / 20) / (536 / 400)),
    ],
    ids=str,
)
def test_kappa_as_on_paper(rows, kappa):
    shares = [place / (len(rows) - 1) for place in range(len(rows))]

    assert weighted_kappa(table(rows, shares)) == pytest.approx(kappa)


def test_the_distance_counts_by_its_square():
    near = table([[5, 5, 0], [0, 5, 5], [0, 0, 5]], [0.0, 0.5, 1.0])
    far = table([[5, 0, 5], [0, 5, 0], [5, 0, 5]], [0.0, 0.5, 1.0])

    assert weighted_kappa(near) > 0.5
    assert weighted_kappa(far) < weighted_kappa(near)


@pytest.mark.parametrize("pairs", [[], [(0.5, 0.5)] * 20], ids=["none", "one share"])
def test_where_there_is_no_chance_to_compare_with_there_is_no_kappa(pairs):
    assert weighted_kappa(pairs) is None


def test_few_pairs_are_no_number_and_many_are_one_with_a_word():
    pairs = tuple(table([[3, 0], [1, 5]], [0.0, 1.0]))
    few, enough = Agreement(pairs), Agreement((*pairs, (1.0, 1.0)))

    assert (few.number, enough.number) == (FEWEST - 1, FEWEST)
    assert few.kappa is None
    assert f"from {FEWEST} on" in few.in_words
    # po = 9/10, pe = (3 * 4 + 7 * 6) / 100.
    assert enough.kappa == pytest.approx((0.9 - 0.54) / (1 - 0.54))
    assert "They agree to 0.78" in enough.in_words
    assert "substantial" in enough.in_words
    assert enough.within == 9
