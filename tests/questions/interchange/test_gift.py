"""GIFT as others write it, and the escapes that formulas need."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.interchange import FORMATS, converting
from questions.interchange.gift.escaping import escaped, hidden, shown
from questions.interchange.remarks import Broken
from tests.questions.contents import fields_of

GIFT = FORMATS["gift"]


def read_one(text):
    reading = converting.read(GIFT, text.encode())
    assert reading.refused == []
    (found,) = reading.questions
    return found


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param(r"$\nabla L=\frac{1}{N}$", r"$\\nabla L\=\\frac\{1\}\{N\}$", id="the trap"),
        pytest.param("a\nb", r"a\nb", id="a new line"),
        pytest.param(r"a\nb", r"a\\nb", id="a backslash and an n"),
        pytest.param("~#:={}", r"\~\#\:\=\{\}", id="every sign"),
        pytest.param("\\\\", r"\\\\", id="two backslashes"),
    ],
)
def test_each_sign_that_means_something_is_escaped(text, written):
    assert escaped(text) == written
    assert shown(hidden(written)) == text


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(st.sampled_from("\\n#=~{}:ab \n$")))
def test_escapes_can_always_be_undone(text):
    assert shown(hidden(escaped(text))) == text.strip()
    assert "\n" not in escaped(text)


def test_a_formula_with_nabla_and_braces_survives():
    prompt = r"Is $\nabla L=\frac{1}{N}$ the slope, $\{x: x \neq 0\}$?"
    written = converting.write(GIFT, [fields_of("true_false", prompt=prompt)]).data.decode()
    (line,) = [line for line in written.splitlines() if line.startswith("::")]

    assert r"\\(\\nabla L\=\\frac\{1\}\{N\}\\)" in line
    others = "\n".join(line for line in written.splitlines() if not line.startswith("// minima"))
    assert read_one(others).fields["prompt"] == prompt


def test_a_formula_that_was_not_escaped_is_refused_and_not_garbled():
    reading = converting.read(GIFT, rb"What is $\frac{1}{N}$? {=a}")

    assert [str(remark) for remark in reading.refused] == [
        r"What is $\frac{1}{N}$? {=a} (line 1): A brace stands in a text: write \{ and \}."
    ]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        pytest.param("::T::Who? {=A ~B ~C}", {"kind": "single_choice", "title": "T"}, id="single"),
        pytest.param("Which? {~%50%A ~%50%B ~%-50%C}", {"kind": "multiple_choice"}, id="several"),
        pytest.param("Two? {T}", {"kind": "true_false", "right": True}, id="true"),
        pytest.param("Two? {FALSE#no#yes}", {"right": False, "rationale": "yes"}, id="false"),
        pytest.param("Name? {=a =b}", {"kind": "short_text", "accepted": ["a", "b"]}, id="short"),
        pytest.param("Name? {a}", {"accepted": ["a"]}, id="short without a sign"),
        pytest.param("Pi? {#3.14:0.01}",
                     {"kind": "numeric", "answer": "3.14", "tolerance": {"absolute": 0.01}},
                     id="number"),
        pytest.param("Pi? {#3..4}", {"answer": "3.5", "tolerance": {"absolute": 0.5}}, id="range"),
        pytest.param("Year? {# =1822:0 =%0%1800:5#too early}",
                     {"answer": "1822",
                      "misconceptions": [{"value": "1800", "misconception": "too early"}]},
                     id="numbers"),
        pytest.param("Match {=a -> 1 =b -> 2 = -> 3}", {"kind": "matching", "extra": ["3"]},
                     id="match"),
        pytest.param("Why? {}", {"kind": "open_text", "prompt": "Why?"}, id="essay"),
        pytest.param("The {=mean ~mode} is low.",
                     {"prompt": r"The \_\_\_\_\_ is low."}, id="a gap"),
        pytest.param("[markdown]*Why*? {}", {"prompt": "*Why*?"}, id="Markdown"),
        pytest.param("[plain]*Why*? {}", {"prompt": r"\*Why\*?"}, id="plain"),
        pytest.param("[html]<i>Why</i>? {}", {"prompt": "*Why*?"}, id="HTML"),
        pytest.param("One\\ntwo? {}", {"prompt": "One\\\ntwo?"}, id="Moodle's own"),
        pytest.param("Why? {####Because.}", {"official_answer": "Because."}, id="general"),
        pytest.param("// a comment [id:my-id]\nWhy? {}", {"slug": "my-id"}, id="an identifier"),
        pytest.param("$CATEGORY: a/Vision\n\nWhy? {}", {"topics": []}, id="no such topic"),
        pytest.param("$CATEGORY: a/Computer vision\n\nWhy? {}", {"topics": ["vision"]}, id="topic"),
    ],
)  # fmt: skip
def test_a_question_of_gift_is_understood(text, fields):
    found = read_one(text)

    assert {name: found.fields.get(name) for name in fields} == fields


def test_each_wrong_brace_is_refused_with_its_line_and_others_go_on():
    reading = converting.read(GIFT, b"Text alone.\n\nNo end {=a\n\nGood? {T}\n")

    assert [remark.place for remark in reading.refused] == ["line 1", "line 3"]
    assert [found.fields["prompt"] for found in reading.questions] == ["Good?"]


def test_an_order_goes_out_as_a_matching_and_says_so():
    written = converting.write(GIFT, [fields_of("ordering")])

    assert b"=A -> 1" in written.data
    assert "kind" in str(written.losses[0])


def test_an_arrow_in_an_answer_has_no_place_in_gift():
    written = converting.write(GIFT, [fields_of("short_text", accepted=["x -> y"])])

    assert "arrow" in written.refused[0].sentence


@pytest.mark.parametrize("data", [b"", b"// nothing\n", b"\n\n"])
def test_a_file_without_questions_is_none(data):
    with pytest.raises(Broken, match="no question"):
        converting.read(GIFT, data)
