"""What goes out comes back the same, in every format, and what was edited elsewhere counts."""

from copy import deepcopy

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from questions import files, kinds, rows
from questions.checking.formulas import MARKDOWN
from questions.interchange import FORMATS, bodies, carrying, converting, draws
from tests.questions.contents import EVERY, fields_of
from tests.questions.interchange.generated import parameterised, questions

FEW = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
# What a format has no place for at all: it says so, and leaves the question out.
REFUSED = {("gift", "coding"), ("gift", "plot_reading")}
HELD = [(form, kind) for form in FORMATS for kind in kinds.KINDS if (form, kind) not in REFUSED]
each_format = pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)


def come_back(form, *fields):
    """Write questions, and read the file again."""
    written = converting.write(form, fields)
    assert written.refused == []
    return converting.read(form, written.data)


def without(fields, *names):
    return {name: value for name, value in fields.items() if name not in names}


@pytest.mark.parametrize(("form", "kind"), HELD, ids=str)
@FEW
@given(st.data())
def test_a_question_comes_back_as_it_was(form, kind, data):
    fields = data.draw(questions(kind))
    written = converting.write(FORMATS[form], [fields])
    # "a -> b" as an answer, and a share that Moodle does not list, are refused and said to be.
    assert written.refused == [] or (form == "gift" and "->" in str(fields))
    if written.refused:
        return

    reading = converting.read(FORMATS[form], written.data)

    assert [found.fields for found in reading.questions] == [fields]
    assert reading.refused == []


@each_format
@FEW
@given(fields=parameterised())
def test_a_parameterised_question_goes_out_as_draws_and_comes_back_whole(form, fields):
    reading = come_back(form, fields)

    assert [found.fields for found in reading.questions] == [fields]
    assert len(form.split(converting.write(form, [fields]).data)) == len(draws.seeds(fields))


@each_format
def test_the_whole_bank_comes_back_as_it_was(form):
    bank = [yaml.safe_load(path.read_text()) for path in files.paths()] + rows.questions()

    written = converting.write(form, bank)
    reading = converting.read(form, written.data)

    held = [fields for fields in bank if (form.slug, fields["kind"]) not in REFUSED]
    assert len(held) > 300
    assert {found.slug: found.fields for found in reading.questions} == {
        fields["slug"]: without(fields, "status") for fields in held
    }
    assert reading.refused == []
    assert [remark.question for remark in written.refused] == [
        fields["slug"] for fields in bank if (form.slug, fields["kind"]) in REFUSED
    ]


@pytest.mark.parametrize(("form", "kind"), sorted(REFUSED))
def test_a_question_that_a_format_cannot_hold_is_left_out_with_a_reason(form, kind):
    written = converting.write(FORMATS[form], [fields_of(kind)])

    assert [str(remark)[:8] for remark in written.refused] == ["q: GIFT "]
    assert written.written == 0


@each_format
def test_the_same_questions_give_the_same_file(form):
    fields = [fields_of("ordering"), fields_of("numeric", slug="n")]

    assert converting.write(form, fields).data == converting.write(form, fields).data


# By format and kind, what another program gets to know: this much stands in its own words.
NATIVE = {
    "moodle": {"title", "prompt", "topics", "roles", "difficulty", "minutes", "related", "tags",
               "instruction", "official_answer"},
    "gift": {"title", "prompt", "topics", "roles", "difficulty", "minutes", "related", "tags",
             "instruction", "official_answer"},
    "qti2": {"title", "prompt", "instruction", "official_answer"},
    "qti3": {"title", "prompt", "instruction", "official_answer"},
}  # fmt: skip
OWN = {
    "single_choice": {"kind"},
    "multiple_choice": {"kind"},
    "true_false": {"kind", "right", "rationale"},
    "short_text": {"kind", "accepted"},
    "matching": {"kind", "extra"},
    "open_text": {"kind"},
    "ordering": {"items"},
}


@pytest.mark.parametrize("kind", sorted({*OWN} - {"ordering"}))
@each_format
def test_without_what_we_carry_a_format_still_says_the_question(form, kind, monkeypatch):
    monkeypatch.setattr(carrying, "parsed", lambda text: None)
    fields = fields_of(kind)

    (found,) = come_back(form, fields).questions

    names = NATIVE[form.slug] | OWN[kind]
    kept = {name: found.fields.get(name) for name in names}
    assert kept == {name: fields.get(name) for name in names}
    texts = [option["text"] for option in found.fields.get("options", ())]
    assert texts == [option["text"] for option in fields.get("options", ())]
    right = [option.get("right") for option in found.fields.get("options", ())]
    assert right == [option.get("right") for option in fields.get("options", ())]
    said = [option["rationale"] for option in found.fields.get("options", ())]
    assert said == [option["rationale"] for option in fields.get("options", ())]


@pytest.mark.parametrize("kind", EVERY)
@each_format
def test_what_a_format_does_not_say_is_listed(form, kind):
    """The list is measured by reading the file as another program would: here it is checked."""
    if (form.slug, kind) in REFUSED:
        return
    fields = fields_of(kind)
    said = " ".join(map(str, converting.write(form, [fields]).losses))

    for name in ("context", "sources"):
        assert name in said
    for name in NATIVE[form.slug] & fields.keys():
        # An own number is drawn into the text of a numeric question; formulas stay themselves.
        assert f" {name}," not in said.replace("otherwise:", ","), name
    if kind in ("single_choice", "multiple_choice"):
        assert "misconception of options" in said
    if kind == "numeric":
        assert "draws nothing" in said


EDITS = {
    "moodle": (b"Which are robust?", b"Which of them are robust?"),
    "gift": (b"[html]<p>Which are robust?", b"[html]<p>Which of them are robust?"),
}


@pytest.mark.parametrize("form", EDITS)
def test_what_was_edited_elsewhere_counts_and_the_rest_stays(form):
    fields = fields_of("single_choice")
    old, new = EDITS[form]
    data = converting.write(FORMATS[form], [fields]).data
    # The first is the format's own word in Moodle, the second in GIFT; the carried one stays.
    edited = data.replace(old, new, 1)

    (found,) = converting.read(FORMATS[form], edited).questions

    assert found.fields == {**fields, "prompt": "Which of them are robust?"}
    assert "edited elsewhere" in found.remarks[0]


def test_an_option_that_was_edited_elsewhere_keeps_its_misconception():
    fields = fields_of("single_choice")
    data = converting.write(FORMATS["moodle"], [fields]).data
    edited = data.replace(b"<text>MSE</text>", b"<text>The mean squared error</text>")

    (found,) = converting.read(FORMATS["moodle"], edited).questions

    wanted = deepcopy(fields)
    wanted["options"][1]["text"] = "The mean squared error"
    assert found.fields == wanted


@pytest.mark.parametrize(
    "carried",
    [b"nonsense", b'{"fields": 1}', b'{"fields": {"kind": "single_choice"}}', b"[" * 5000,
     b'{"fields": {"kind": ["numeric"]}}'],
    ids=lambda carried: carried.decode()[:30],
)  # fmt: skip
def test_what_we_carry_is_believed_no_more_than_the_rest(carried):
    data = converting.write(FORMATS["gift"], [fields_of("single_choice")]).data
    line = next(line for line in data.splitlines() if line.startswith(b"// minima: "))

    (found,) = converting.read(
        FORMATS["gift"], data.replace(line, b"// minima: " + carried)
    ).questions

    assert "damaged" in found.remarks[0]
    assert found.fields["prompt"] == "Which are robust?"


@pytest.mark.parametrize("kind", [kind for kind in EVERY if kind not in ("coding", "numeric")])
@each_format
def test_reading_writing_and_reading_again_changes_nothing(form, kind, monkeypatch):
    """As with a file of others, which carries nothing of ours."""
    if (form.slug, kind) in REFUSED:
        return
    parsed = carrying.parsed
    monkeypatch.setattr(carrying, "parsed", lambda text: None)
    (first,) = come_back(form, fields_of(kind)).questions
    monkeypatch.setattr(carrying, "parsed", parsed)

    (second,) = come_back(form, first.fields).questions

    assert second.fields == first.fields
    assert second.remarks == ()


@FEW
@given(fields=questions("multiple_choice"))
def test_texts_that_were_read_are_read_the_same_again(fields):
    """HTML to Markdown and back settles after one step, whatever was written."""
    for name in MARKDOWN & fields.keys():
        if isinstance(fields[name], str):
            once = bodies.markdown(bodies.html(fields[name]))
            assert bodies.markdown(bodies.html(once)) == once


@pytest.mark.parametrize(
    ("ours", "base", "theirs", "wanted"),
    [
        pytest.param({"a": 1}, {"a": 1}, {"a": 2}, {"a": 2}, id="edited"),
        pytest.param({"a": 1, "b": 1}, {"a": 1}, {"a": 1}, {"a": 1, "b": 1}, id="only ours"),
        pytest.param({"a": 1, "b": 1}, {"a": 1, "b": 1}, {"a": 1}, {"a": 1}, id="deleted"),
        pytest.param({"a": 1}, {"a": 1}, {"a": 1, "c": 3}, {"a": 1, "c": 3}, id="added"),
        pytest.param([1, 2], [1, 2], [1], [1], id="a list grew shorter"),
        pytest.param([{"x": 1, "y": 1}, 5], [{"x": 1}, 5], [{"x": 2}, 5], [{"x": 2, "y": 1}, 5],
                     id="within a list"),
        pytest.param("exact", "rough", "rough", "exact", id="ours is exact"),
    ],
)  # fmt: skip
def test_three_versions_become_one(ours, base, theirs, wanted):
    assert carrying.merged(ours, base, theirs) == wanted
