"""The shipped role templates are fit for their roles, and what is wrong with one is named."""

import json
from copy import deepcopy

import pytest
import yaml

from questions import files, role_templates, rows
from questions.checking import role_templates as checking
from questions.role_templates import LENGTHS, LEVELS


@pytest.fixture(scope="module")
def bank():
    """Every question of the shipped bank, as `bank check` reads it."""
    return [
        *(files.read(path) for path in files.paths()),
        *(rows.entry(fields) for fields in rows.questions()),
    ]


def entry(slug, kind="single_choice", difficulty="easy", minutes=2, topics=("regression",), **more):
    """A question; its words are its own."""
    word = slug.replace("-", "").translate(str.maketrans("0123456789", "abcdefghij"))
    texts = {name: f"{word}{name} {word}{word}" for name in ("title", "context", "prompt")}
    fields = {"slug": slug, "kind": kind, "difficulty": difficulty, "minutes": minutes}
    return files.Entry({**fields, "topics": list(topics), **texts, **more})


# 17 minutes of questions and 10 of code: 27 of 30 minutes, 37 % of the weight.
ASKED = {
    "q-1": {"topics": ["regression", "evaluation"]},
    "q-2": {"topics": ["classification"]},
    "q-3": {"topics": ["business"]},
    "q-4": {"kind": "numeric", "difficulty": "medium"},
    "q-5": {"kind": "plot_reading"},
    "q-6": {"kind": "true_false", "difficulty": "medium"},
    "q-7": {"minutes": 5},
    "code-1": {"kind": "coding", "minutes": 10},
}
FIELDS = {
    "slug": "data-scientist-junior-short",
    "title": "A template",
    "role": "data-scientist",
    "level": "junior",
    "length": "short",
    "minutes": 30,
    "pass_mark": 0.6,
    "covers": "What it covers.",
    "intro": "Welcome.",
    "sections": [
        {
            "title": "All",
            "questions": [
                {"question": slug, "weight": about.get("minutes", 2)}
                for slug, about in ASKED.items()
            ],
        }
    ],
}


@pytest.fixture
def faults(tmp_path):
    """Checks FIELDS with some of them changed, against ASKED with some of them changed."""

    def check(fields=None, asked=None, name="data-scientist-junior-short"):
        written = deepcopy(FIELDS) | (fields or {})
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(written, sort_keys=False))
        known = ASKED | (asked or {})
        entries = [entry(slug, **about) for slug, about in known.items() if about is not None]
        return [fault.sentence for fault in checking.faults(entries, tmp_path)]

    return check


def asking(**changes):
    """The sections of FIELDS with the item of a slug changed, as q_1={"weight": 50}."""
    sections = deepcopy(FIELDS["sections"])
    for item in sections[0]["questions"]:
        item |= changes.get(item["question"].replace("-", "_"), {})
    return {"sections": sections}


def test_there_is_one_for_each_role_level_and_length():
    assert list(role_templates.shipped()) == [
        f"{role}-{level}-{length}" for role in files.ROLES for level in LEVELS for length in LENGTHS
    ]


def test_the_shipped_ones_have_no_fault(bank):
    assert [str(fault) for fault in checking.faults(bank)] == []


def test_the_published_schema_is_the_one_they_are_held_against():
    published = json.loads((role_templates.FOLDER / "schema.json").read_text())

    assert published == role_templates.SCHEMA


def test_a_good_one_has_no_fault(faults):
    assert faults() == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        pytest.param({"minutes": "long"}, "'long' is not of type 'integer'", id="schema"),
        pytest.param({"pass_mark": 60}, "60 is greater than the maximum", id="percent"),
        pytest.param({"colour": "red"}, "'colour' was unexpected", id="unknown field"),
        pytest.param(asking(q_1={"weight": 0}), "0 is less than or equal to", id="no weight"),
        pytest.param({"level": "senior"}, "it is called 'data-scientist-senior-short'", id="name"),
        pytest.param({"minutes": 28}, "Its questions take 27 minutes", id="too full"),
        pytest.param({"minutes": 34}, "Its questions take 27 minutes", id="too empty"),
        pytest.param({"minutes": 20}, "takes 25 to 40 minutes", id="no short one"),
        pytest.param(asking(q_1={"question": "q-2"}), "'q-2' is asked twice", id="twice"),
        pytest.param(asking(q_1={"question": "no-q"}), "is no question of the bank", id="none"),
        pytest.param(asking(q_1={"weight": 50}), "Code has 13% of the weight", id="weights"),
        pytest.param(asking(code_1={"weight": 80}), "Code has 82% of the weight", id="all code"),
    ],
)
def test_a_fault_of_the_file_is_told(faults, fields, sentence):
    assert any(sentence in found for found in faults(fields)), faults(fields)


ALIKE = {"prompt": "A sensor reports readings whose errors follow another distribution."}


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        pytest.param({"q-1": None}, "'q-1' is no question of the bank", id="gone"),
        pytest.param({"q-1": {"status": "leaked"}}, "not published but leaked", id="leaked"),
        pytest.param({"q-1": {"status": "in_review"}}, "but in review", id="in review"),
        pytest.param({"q-1": {"roles": ["ai-engineer"]}}, "not for the role Data S", id="role"),
        pytest.param({"q-4": {}}, "no question of the kind numeric", id="kind"),
        pytest.param({"q-1": {"kind": "open_text"}}, "has no open text", id="text in a short one"),
        pytest.param({"q-7": {"minutes": 9}}, "take 31 minutes", id="a question takes longer"),
        pytest.param({"q-1": {"difficulty": "hard"}}, "Of its questions 12% are hard", id="hard"),
        pytest.param({"q-3": {}, "q-2": {}}, "lacks classification, business", id="topics"),
        pytest.param({"q-1": ALIKE, "q-2": ALIKE}, "'q-2' is much like 'q-1'", id="alike"),
        pytest.param(
            {"q-7": {"kind": "coding", "minutes": 5}},
            "'code-1' and 'q-7' are both on regression",
            id="two tasks of one idea",
        ),
    ],
)
def test_a_question_that_does_not_fit_is_named(faults, asked, sentence):
    assert any(sentence in found for found in faults(asked=asked)), faults(asked=asked)


def test_stable_code_is_no_idea_that_two_tasks_share(faults):
    first = {"kind": "coding", "minutes": 5, "topics": ["ranking", "stability"]}
    second = {"kind": "coding", "minutes": 10, "topics": ["regression", "stability"]}

    assert faults(asked={"q-7": first, "code-1": second}) == []


def test_a_long_one_has_a_text(faults):
    fields = {"length": "long", "minutes": 75, "slug": "data-scientist-junior-long"}
    sentences = faults(fields, {"code-1": {"kind": "coding", "minutes": 50}}, fields["slug"])

    assert "A long one has an open text." in sentences


def test_the_short_and_the_long_one_of_a_role_share_no_question(faults):
    faults()
    long = {"length": "long", "minutes": 75, "slug": "data-scientist-junior-long"}
    twice = [sentence for sentence in faults(long, name=long["slug"]) if "same role" in sentence]

    assert len(twice) == len(ASKED)


def test_a_fault_is_told_with_its_line(tmp_path):
    path = tmp_path / "data-scientist-junior-short.yaml"
    path.write_text(yaml.safe_dump(FIELDS, sort_keys=False))
    item = path.read_text().splitlines().index("  - question: q-3") + 1

    found = checking.faults([entry(s, **a) for s, a in ASKED.items() if s != "q-3"], tmp_path)

    assert [(fault.path, fault.line) for fault in found if "q-3" in fault.sentence] == [
        (path, item)
    ]


def test_one_that_cannot_be_read_keeps_no_other_out(tmp_path, monkeypatch, caplog):
    (tmp_path / "a.yaml").write_text("slug: [")
    (tmp_path / "b.yaml").write_text(yaml.safe_dump(FIELDS))
    monkeypatch.setattr(role_templates, "paths", lambda: sorted(tmp_path.glob("*.yaml")))

    assert list(role_templates.shipped.__wrapped__()) == [FIELDS["slug"]]
    assert "a.yaml:2:" in caplog.text
