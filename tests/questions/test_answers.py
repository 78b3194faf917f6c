"""What each kind of question scores, refuses, and tells a reviewer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions import expressions, kinds
from questions.kinds import matching, numeric, ordering
from tests.questions.contents import (
    CHOICES,
    ESSAY,
    GOOD,
    NUMBER,
    OPTIONS,
    PAIRS,
    PLOT,
    STATEMENT,
    STEPS,
    TERM,
)


def share(kind, content, answer, seed=3):
    kinds.get(kind).check_answer(content, answer, seed)
    return kinds.get(kind).score(content, answer, [], seed)


@pytest.mark.parametrize("kind", GOOD)
def test_good_content_has_no_fault_and_shows_no_key(kind):
    assert kinds.get(kind).validate(GOOD[kind]) == []
    shown = kinds.get(kind).context(GOOD[kind], 3)
    hidden = ("misconception", "rationale", "official_answer", "right': True", "accepted", "rubric")
    assert [word for word in hidden if word in str(shown)] == []


@pytest.mark.parametrize("kind", GOOD)
def test_no_answer_earns_nothing_and_is_not_answered(kind):
    assert share(kind, GOOD[kind], {}) == 0.0
    assert not kinds.get(kind).is_answered(GOOD[kind], {})


@pytest.mark.parametrize(
    ("chosen", "earned"),
    [(["a", "b"], 1.0), (["a"], 0.5), (["a", "c"], 0.0), (["a", "b", "c"], 0.5), (["c", "d"], 0.0)],
    ids=str,
)
def test_right_options_add_and_wrong_ones_take_away(chosen, earned):
    assert share("multiple_choice", CHOICES, {"options": chosen}) == earned


def test_with_whole_credit_part_of_the_options_earns_nothing():
    assert share("multiple_choice", {**CHOICES, "credit": "whole"}, {"options": ["a"]}) == 0.0


def test_every_option_earns_nothing_by_choosing_all():
    assert share("multiple_choice", CHOICES, {"options": ["a", "b", "c", "d"]}) == 0.0


@pytest.mark.parametrize(("choice", "earned"), [("false", 1.0), ("true", 0.0)])
def test_a_statement_is_judged(choice, earned):
    assert share("true_false", STATEMENT, {"choice": choice}) == earned


@pytest.mark.parametrize(
    ("text", "earned"),
    [
        ("log loss", 1.0),
        ("  Log-Loss. ", 1.0),
        ("Binary Cross\u2013Entropy", 1.0),
        ("hinge", 0.0),
        ("log", 0.0),
    ],
)
def test_forms_that_differ_in_nothing_that_matters_are_accepted(text, earned):
    assert share("short_text", TERM, {"text": text}) == earned


@pytest.mark.parametrize(
    ("text", "earned"),
    [
        ("area under curve", 1.0),
        ("the area under a curve", 1.0),
        ("An Area Under The Curve.", 1.0),
        ("area", 0.0),
        ("the", 0.0),
    ],
)
def test_articles_make_no_difference(text, earned):
    content = {**TERM, "accepted": ["the area under the curve"]}

    assert share("short_text", content, {"text": text}) == earned


@pytest.mark.parametrize(("text", "earned"), [("type A", 1.0), ("a type A", 1.0), ("type", 0.0)])
def test_a_letter_at_the_end_is_no_article(text, earned):
    assert share("short_text", {**TERM, "accepted": ["type a"]}, {"text": text}) == earned


@pytest.mark.parametrize(("text", "earned"), [("The Loss", 1.0), ("loss", 0.0), ("a loss", 0.0)])
def test_articles_count_where_an_author_says_so(text, earned):
    content = {**TERM, "accepted": ["the loss"], "strict": True}

    assert share("short_text", content, {"text": text}) == earned


def test_a_usual_wrong_term_tells_its_misconception():
    review = kinds.get("short_text").review(TERM, {"text": "Hinge"}, 0)

    assert review["misconception"] == "All losses of a classifier are hinges."


def test_of_forms_that_are_the_same_one_is_told():
    content = {**TERM, "accepted": ["log loss", "the Log-loss", "cross-entropy", "Cross entropy."]}

    review = kinds.get("short_text").review(content, {}, 0)

    assert (review["right_answer"], review["also_right"]) == ("log loss", ["cross-entropy"])


@pytest.mark.parametrize(
    ("order", "earned"), [("abcd", 1.0), ("abdc", 2 / 3), ("badc", 1 / 3), ("dcba", 0.0)]
)
def test_an_order_earns_its_pairs(order, earned):
    assert share("ordering", STEPS, {"order": list(order)}) == pytest.approx(earned)


def test_each_item_of_an_order_is_told_with_the_place_it_belongs_to():
    review = kinds.get("ordering").review(STEPS, {"order": ["a", "c", "b", "d"]}, 3)

    assert [each["place"] for each in review["placed"]] == [1, 3, 2, 4]


@given(st.integers(0, 10_000))
def test_items_never_come_in_their_right_order(seed):
    items = kinds.get("ordering").context(STEPS, seed)["items"]

    assert [item["key"] for item in items] != ordering.keys_of(STEPS)


@given(st.integers(0, 10_000))
def test_the_right_pairs_earn_all_under_every_seed(seed):
    pairs = matching.partners(PAIRS, seed)
    shown = kinds.get("matching").context(PAIRS, seed)

    assert share("matching", PAIRS, {"pairs": pairs}, seed) == 1.0
    matched = {shown["left"][n]: shown["right"][letter] for n, letter in pairs.items()}
    assert matched == {"MSE": "mean", "MAE": "median", "0-1": "mode"}


def test_one_pair_of_three_earns_a_third():
    pairs = dict([next(iter(matching.partners(PAIRS, 1).items()))])

    assert share("matching", PAIRS, {"pairs": pairs}, 1) == pytest.approx(1 / 3)


def test_an_essay_waits_for_a_person():
    assert share("open_text", ESSAY, {"text": "Since."}) is None
    assert share("open_text", ESSAY, {"text": " \n"}) == 0.0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5", 1.5),
        ("1,5", 1.5),
        ("-.5", -0.5),
        ("\u22122", -2.0),
        ("3/4", 0.75),
        ("25 %", 0.25),
        ("1.5 nats", 1.5),
        ("1e-3", 0.001),
        ("1.2.3", None),
        ("", None),
        ("1/0", None),
        ("nan", None),
        ("inf", None),
        ("0x10", None),
        ("1e9999", None),
    ],
)
def test_numbers_are_read_as_people_type_them(text, value):
    assert numeric.as_number(text, "nats") == value


@given(st.integers(0, 10_000))
def test_the_right_number_earns_all_and_a_misconception_is_named(seed):
    found = numeric.draw(NUMBER, seed)

    assert share("numeric", NUMBER, {"number": found.names["answer"]}, seed) == 1.0
    for value, belief in found.wrong:
        review = kinds.get("numeric").review(NUMBER, {"number": str(value)}, seed)
        assert review["misconception"] == belief


@given(st.integers(0, 10_000))
def test_numbers_to_choose_from_hold_the_right_one(seed):
    content = {**NUMBER, "choose": True}
    shown = kinds.get("numeric").context(content, seed)["options"]
    earned = {o["text"]: share("numeric", content, {"option": o["key"]}, seed) for o in shown}

    assert len(earned) == 3
    assert sum(earned.values()) == 1.0
    assert earned[numeric.draw(content, seed).names["answer"]] == 1.0


def test_drawn_numbers_are_filled_in_everywhere():
    p = numeric.draw(NUMBER, 5).names["p"]

    shown = kinds.get("numeric").context(NUMBER, 5)
    review = kinds.get("numeric").review(NUMBER, {}, 5)

    assert shown["prompt"] == f"Cross-entropy of $p = {p}$?"
    assert "{{" not in review["official_answer"]


BROKEN = [
    ("multiple_choice", {"options": OPTIONS[:2]}, "options"),
    ("multiple_choice", {"options": OPTIONS[2:]}, "options"),
    ("short_text", {"wrong": [{"forms": ["Log loss"], "misconception": "x"}]}, "wrong.0.forms"),
    ("short_text", {"wrong": [{"forms": ["the log loss"], "misconception": "x"}]}, "wrong.0.forms"),
    ("ordering", {"items": [STEPS["items"][0]] * 3}, "items"),
    ("matching", {"extra": ["mean"]}, "pairs"),
    ("open_text", {"rubric": [ESSAY["rubric"][0]] * 2}, "rubric"),
    ("numeric", {"answer": "-log(q)"}, "parameters"),
    ("numeric", {"answer": "log(0)"}, "parameters"),
    ("numeric", {"prompt": "{{p.tofile('x')}}"}, "prompt"),
    ("numeric", {"prompt": "{{p"}, "prompt"),
    ("numeric", {"conditions": ["p > 1"]}, "parameters"),
    ("numeric", {"misconceptions": [{"value": "log(1 / p)", "misconception": "x"}]},
     "misconceptions.0.value"),
    ("numeric", {"answer": "p * 1e-9"}, "answer"),
    ("numeric", {"digits": 1}, "digits"),
    ("numeric", {"answer": "0.25", "digits": 2, "tolerance": {"relative": 1e-4},
                 "misconceptions": [{"value": "0.2504", "misconception": "x"}]},
     "misconceptions.0.value"),
    ("numeric", {"prompt": "{{p * 1e12}}"}, "prompt"),
    ("numeric", {"prompt": "{{p / 1e12}}"}, "prompt"),
    ("numeric", {"answer": "(q - p) * 1e8", "prompt": "{{p}}, {{q}}?",
                 "misconceptions": [{"value": "50", "misconception": "x"}],
                 "parameters": {"p": {"values": [1]}, "q": {"value": "p + 1 / 3e7"}}}, "prompt"),
    ("numeric", {"parameters": {"p": {"from": 2, "to": 1, "step": 1}}}, "parameters"),
    ("plot_reading", {"figure": {**PLOT["figure"], "x": {"label": "", "from": 1, "to": 1}}},
     "figure.x"),
    ("plot_reading",
     {"figure": {**PLOT["figure"], "lines": [{"label": "A", "expression": "log(x)"}]}},
     "figure.lines.0"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "change", "field"), BROKEN)
def test_broken_content_is_named_at_its_field(kind, change, field):
    found = kinds.get(kind).validate({**GOOD[kind], **change})

    assert field in [name for name, _ in found]


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("multiple_choice", {"options": "a"}),
        ("multiple_choice", {"options": ["z"]}),
        ("multiple_choice", {"options": ["a", "a"]}),
        ("multiple_choice", {"options": [["a"]]}),
        ("true_false", {"choice": "maybe"}),
        ("short_text", {"text": "x" * 201}),
        ("short_text", {"text": "\x00"}),
        ("ordering", {"order": ["a", "b"]}),
        ("ordering", {"order": ["a", "b", "c", "c"]}),
        ("matching", {"pairs": {"9": "a"}}),
        ("matching", {"pairs": {"1": ["a"]}}),
        ("numeric", {"option": "a"}),
        ("numeric", {"number": 3}),
        ("open_text", {"text": "\ud800"}),
    ],
    ids=str,
)
def test_an_answer_of_another_shape_is_refused(kind, answer):
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
        kinds.get(kind).check_answer(GOOD[kind], answer, 0)


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os').system('true')",
        "array([1]).tofile('x')",
        "(1).__class__",
        "[x for x in (1, 2)]",
        "9 ** 9 ** 9 ** 9",
        "open('x')",
        "f'{pi}'",
        "1 / 0",
        "1 +",
        "array",
        "x" * 500,
        "'%99999999999d' % 3",
        "'x' * 99999",
        "(1,) * 99999",
    ],
)
def test_an_expression_can_do_nothing_but_arithmetic(expression):
    with pytest.raises(ValueError, match=r"."):
        numeric.number(expression, {})


def test_arrays_are_multiplied_element_by_element():
    assert expressions.evaluate("x * x - x % 2", {"x": np.array([1, 2, 3])}).tolist() == [0, 4, 8]
