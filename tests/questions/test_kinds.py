"""Each kind of question: what it shows, what it refuses, what it scores."""

import json
from copy import deepcopy
from dataclasses import replace

import pytest

from grader.catalogue import CATALOGUE
from grader.catalogue.starter import starter
from questions import kinds
from questions.kinds import coding

CHOICE = {
    "prompt": "Which constant?",
    "options": [
        {"key": "a", "text": "4", "right": True, "rationale": "The median."},
        {"key": "b", "text": "20", "rationale": "No.", "misconception": "Always the mean."},
        {"key": "c", "text": "42", "rationale": "No.", "misconception": "The middle."},
    ],
    "official_answer": "4.",
}
CODING = {"task": "huber", "prompt": "Write it."}


def test_the_kinds_of_the_slice_are_found_by_themselves():
    assert {"single_choice", "coding"} <= set(kinds.KINDS)


@pytest.mark.parametrize(
    ("answer", "share"),
    [({"option": "a"}, 1.0), ({"option": "b"}, 0.0), ({}, 0.0)],
    ids=["right", "wrong", "none"],
)
def test_a_single_choice_is_right_or_wrong(answer, share):
    assert kinds.get("single_choice").score(CHOICE, answer, [], 0) == share


def test_a_candidate_sees_the_options_and_nothing_that_tells_the_right_one():
    shown = kinds.get("single_choice").context(CHOICE, seed=7)

    assert {option["text"] for option in shown["options"]} == {"4", "20", "42"}
    assert {frozenset(option) for option in shown["options"]} == {frozenset({"key", "text"})}
    assert set(shown) == {"prompt", "options"}


def test_the_order_of_options_is_the_seeds_and_every_order_occurs():
    kind = kinds.get("single_choice")

    def order(seed):
        return tuple(option["key"] for option in kind.context(CHOICE, seed)["options"])

    assert order(5) == order(5)
    assert len({order(seed) for seed in range(100)}) == 6


def test_a_reviewer_sees_the_misconception_behind_the_choice():
    review = kinds.get("single_choice").review(CHOICE, {"option": "b"}, 0)

    assert review["misconception"] == "Always the mean."
    assert [option["chosen"] for option in review["options"]] == [False, True, False]


def broken_choice(change):
    content = deepcopy(CHOICE)
    change(content["options"])
    return content


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param(lambda o: o[1].update(key="a"), "options", id="same key twice"),
        pytest.param(lambda o: o[0].pop("right"), "options", id="no right option"),
        pytest.param(lambda o: o[1].update(right=True), "options", id="two right options"),
        pytest.param(lambda o: o[2].pop("misconception"), "options.2", id="no misconception"),
        pytest.param(lambda o: o[0].update(misconception="x"), "options.0", id="right, yet wrong"),
    ],
)
def test_a_badly_made_choice_is_named_with_its_field(change, field):
    found = kinds.get("single_choice").validate(broken_choice(change))

    assert field in [place for place, _ in found]


@pytest.mark.parametrize(
    ("kind", "content", "answer"),
    [
        pytest.param("single_choice", CHOICE, {"option": "z"}, id="no such option"),
        pytest.param("single_choice", CHOICE, {"option": ["a"]}, id="a list for an option"),
        pytest.param("single_choice", CHOICE, {"option": "a", "right": True}, id="another field"),
        pytest.param("coding", CODING, {}, id="no source"),
        pytest.param("coding", CODING, {"source": None}, id="null for a source"),
        pytest.param("coding", CODING, {"source": "a\x00b"}, id="null character"),
        pytest.param("coding", CODING, {"source": "\ud800"}, id="half a surrogate pair"),
        pytest.param("coding", CODING, {"source": "é" * 32_769}, id="64 KiB and two bytes"),
    ],
)
def test_an_answer_of_another_shape_is_refused(kind, content, answer):
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
        kinds.get(kind).check_answer(content, answer, 0)


def test_64_kib_of_source_are_kept():
    kinds.get("coding").check_answer(CODING, {"source": "#" * 65_536}, 0)


@pytest.mark.parametrize(
    ("reports", "share"),
    [
        pytest.param([], 0.0, id="nothing handed in"),
        pytest.param([{"score": 0.4}], 0.4, id="one"),
        pytest.param([{"score": 0.9}, {"score": 0.2}], 0.9, id="the best counts"),
        pytest.param([{"score": 1.0}, None], None, id="one is with the grader"),
    ],
)
def test_code_earns_the_best_of_its_reports(reports, share):
    assert kinds.get("coding").score(CODING, {"source": "x"}, reports, 0) == share


@pytest.mark.parametrize(
    ("source", "graded"),
    [("", False), (" \n", False), (starter(CATALOGUE["huber"]), False), ("x = 1", True)],
    ids=["nothing", "blank", "the starter", "code"],
)
def test_only_code_of_the_candidates_own_goes_to_the_grader(source, graded):
    code = kinds.get("coding").code_to_grade(CODING, {"source": source})

    assert (code == ("huber", source)) if graded else code is None


@pytest.mark.parametrize("task", CATALOGUE.values(), ids=list(CATALOGUE))
def test_the_starter_is_python_and_names_every_function(task):
    text = starter(task)

    compile(text, "starter", "exec")
    for function in task.functions:
        assert f"def {function}(" in text


def test_a_published_task_stays_as_it_was_when_its_row_is_mended(monkeypatch):
    kind, row = kinds.get("coding"), CATALOGUE["huber"]
    frozen = json.loads(json.dumps(kind.frozen(CODING)))
    mended = replace(row, rules=("Another rule.",), sentence="Another sentence.", parameters=())
    monkeypatch.setitem(CATALOGUE, "huber", mended)

    for shown in (kind.context(frozen, 0)["task"], kind.review(frozen, {}, 0)["task"]):
        assert shown["rules"] == list(row.rules)
        assert shown["sentence"] == row.sentence
        assert "delta=1.0" in shown["starter"]
    assert kind.code_to_grade(frozen, {"source": starter(row)}) is None


def test_a_version_without_a_copy_shows_the_row():
    shown = kinds.get("coding").context(CODING, 0)["task"]

    assert shown == coding.shown(CATALOGUE["huber"])


def test_a_coding_question_shows_an_example_and_no_solution():
    shown = kinds.get("coding").context(kinds.get("coding").frozen(CODING), 0)["task"]

    assert "loss(y_true, y_pred)  # 1.3125" in shown["examples"][0]["code"]
    assert shown["examples"][0]["working"].startswith("Errors of 1/2 and 3")
    assert not [v for v in CATALOGUE["huber"].variants if v.source in json.dumps(shown)]
    assert "np.clip" not in json.dumps(shown)
