"""Between form and file: what is typed arrives, and what arrives is shown again as it was."""

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from questions import files, kinds, writing
from questions.authoring import differences, nodes, posted
from questions.authoring.schema import schema_of, sections
from questions.authoring.text import fields_of as parsed
from questions.authoring.text import text_of
from questions.reading import Unreadable
from tests.grader.own.examples import OWN
from tests.questions.contents import EVERY, fields_of

BANK = files.paths()[::7]


def sent(fields):
    """What a browser posts of the form that shows `fields`."""
    data = QueryDict(mutable=True)
    for section in nodes.tree(fields["kind"], fields):
        for node in (each for top in section for each in top.walk()):
            if node.key:
                data[f"{node.name}:key"] = node.key
            if node.widget == "several":
                data.setlist(node.name, [v for v, _ in node.choices if v in (node.value or ())])
            elif node.widget == "row":
                data[node.name] = ""
            elif node.widget == "check":
                data.update({node.name: "on"} if node.value else {})
            elif node.widget == "data":
                data[f"{node.name}:data"] = node.text
            elif node.widget == "truth":
                data[node.name] = "" if node.value is None else str(node.value).lower()
            elif node.widget not in {"rows", "map", "group"}:
                data[node.name] = node.text
    return data


@pytest.mark.parametrize("kind", EVERY)
def test_a_form_sent_as_it_is_changes_nothing(kind):
    fields = fields_of(kind)

    assert posted.fields_from(sent(fields), kind) == fields


def test_the_form_holds_a_task_of_ones_own():
    fields = fields_of("coding", own=OWN)
    del fields["task"]

    again = posted.fields_from(sent(fields), "coding")

    assert again == fields
    assert parsed(text_of(again)) == fields


@pytest.mark.parametrize("path", BANK, ids=lambda path: path.stem)
def test_the_form_holds_every_question_of_the_bank(path):
    fields = {n: v for n, v in parsed(path.read_text()).items() if n != "status"}

    again = posted.fields_from(sent(fields), fields["kind"])

    assert again == fields
    assert parsed(text_of(again)) == fields


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_every_field_of_a_kind_is_in_its_form_once(kind):
    asks, about = sections(kind)

    assert sorted([*asks, *about]) == sorted(schema_of(kind)["properties"])


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_a_new_question_opens_with_the_rows_that_it_needs(kind):
    begun = posted.started(kind)

    for name, rows in begun.items():
        assert len(rows) == schema_of(kind)["properties"][name]["minItems"]
        assert posted.fields_from(sent({"kind": kind, **begun}), kind)[name] == rows


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60)


@given(prompt=TEXTS, tag=TEXTS, minutes=TEXTS, rationale=TEXTS)
def test_whatever_is_typed_is_a_file_that_can_be_read(prompt, tag, minutes, rationale):
    data = QueryDict(mutable=True)
    data.update(
        {
            "prompt": prompt, "tags": tag, "minutes": minutes, "options.0": "",
            "options.0.rationale": rationale,
        }
    )  # fmt: skip

    fields = posted.fields_from(data, "single_choice")

    assert parsed(text_of(fields)) == fields
    assert posted.fields_from(sent(fields), "single_choice")["options"] == fields["options"]


@pytest.mark.parametrize("typed", ["9" * 18, "9" * 19, "-" + "9" * 19, "1e299", "1e300", "nan"])
def test_a_number_of_whatever_length_makes_a_file_that_can_be_read(typed):
    data = QueryDict(mutable=True)
    data.update({"prompt": "P", "minutes": typed})

    fields = posted.fields_from(data, "single_choice")

    assert parsed(text_of(fields)) == fields
    assert float(fields["minutes"]) == pytest.approx(float(typed), nan_ok=True)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("0.2, 0.25", [0.2, 0.25]),
        ("a, true, [1, 2]", ["a", True, [1, 2]]),
        ("[1, 2\n", "[1, 2\n"),
        ("&a 1, *a", "&a 1, *a"),
        ("1:30", "1:30"),
        ("", None),
    ],
    ids=str,
)
def test_plain_data_is_read_as_far_as_it_can_be(typed, read):
    data = QueryDict(mutable=True)
    data.update({"parameters.0:key": "p", "parameters.0": "", "parameters.0.values:data": typed})

    found = posted.fields_from(data, "numeric")["parameters"]["p"]

    assert found.get("values") == read


def test_two_parameters_of_one_name_both_stay():
    data = QueryDict(mutable=True)
    for index, value in enumerate(["1", "2", "3"]):
        data.update({f"parameters.{index}:key": "p", f"parameters.{index}.value": value})

    found = posted.fields_from(data, "numeric")["parameters"]

    assert found == {"p": {"value": "1"}, "p_2": {"value": "2"}, "p_2_2": {"value": "3"}}


def test_content_of_another_shape_is_shown_as_data_and_kept():
    fields = {"kind": "single_choice", "options": "none yet", "figure": 3}

    again = posted.fields_from(sent(fields), "single_choice")

    assert again["options"] == ["none yet"]


def test_what_a_kind_does_not_know_stands_at_the_end_of_the_text():
    text = text_of({"kind": "true_false", "options": [1], "prompt": "x", "slug": "q"})

    assert list(parsed(text)) == ["slug", "kind", "prompt", "options"]


@pytest.mark.parametrize("text", ["a: [", "- x", "", "a: 1\na: 2"])
def test_text_that_is_no_file_is_unreadable(text):
    with pytest.raises(Unreadable):
        parsed(text)


WORDS = st.lists(st.sampled_from(["a", "b", " ", "\n", "ü", ".", "loss", "$x$"])).map("".join)


@given(before=WORDS, after=WORDS)
def test_pieces_say_both_texts(before, after):
    found = differences.pieces(before, after)

    assert "".join(text for change, text in found if change != "new") == before
    assert "".join(text for change, text in found if change != "gone") == after


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    ("before", "after"),
    [("x\n" * 60_000, "x\n" * 60_000 + "y"), ("a b " * 30_000, "b a " * 30_000), ("", "x " * 9**5)],
    ids=["one line more", "all of it", "from nothing"],
)
def test_long_texts_are_compared_in_no_time(before, after):
    found = differences.pieces(before, after)

    assert "".join(text for change, text in found if change != "new") == before
    assert "".join(text for change, text in found if change != "gone") == after


def test_changes_name_fields_and_rows_for_people():
    before = fields_of("single_choice")
    options = [dict(option) for option in before["options"]]
    options[1]["text"], options[2]["rationale"] = "Squares", "Never."
    after = {**before, "options": options, "minutes": 3, "tags": []}

    found = {change.label: change.pieces for change in differences.changes(before, after)}

    assert list(found) == [
        "Minutes", "Options, c, text", "Options, d, rationale", "Tags, 1"
    ]  # fmt: skip
    assert found["Options, c, text"] == [("gone", "MSE"), ("new", "Squares")]


def test_equal_fields_have_no_change():
    fields = fields_of("numeric")

    assert differences.changes(fields, parsed(writing.text(fields))) == []
