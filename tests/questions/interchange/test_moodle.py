"""Moodle XML as others write it: what is understood, what is listed, what is refused."""

import pytest

from questions.interchange import FORMATS, converting
from questions.interchange.remarks import Broken
from tests.questions.contents import fields_of

MOODLE = FORMATS["moodle"]
CHOICE = """
<question type="multichoice"><name><text>Pick</text></name>
<questiontext format="html"><text><![CDATA[<p>Which <b>one</b>?</p>]]></text></questiontext>
<single>true</single>
<answer fraction="100"><text>A</text><feedback><text>Yes.</text></feedback></answer>
<answer fraction="0"><text>B</text></answer>
</question>"""


def quiz(*questions):
    return f"<?xml version='1.0' encoding='UTF-8'?><quiz>{''.join(questions)}</quiz>".encode()


def question(kind, inside, text="What?"):
    return (
        f'<question type="{kind}"><name><text>N</text></name><questiontext format="html">'
        f"<text>{text}</text></questiontext>{inside}</question>"
    )


def answers(*pairs, more=""):
    return "".join(
        f'<answer fraction="{share}"><text>{text}</text>{more}</answer>' for share, text in pairs
    )


def read_one(*questions):
    reading = converting.read(MOODLE, quiz(*questions))
    assert reading.refused == []
    (found,) = reading.questions
    return found


def refusals(*questions):
    return [str(remark) for remark in converting.read(MOODLE, quiz(*questions)).refused]


def test_a_choice_becomes_a_draft_with_room_for_what_moodle_does_not_have():
    found = read_one(CHOICE)

    assert found.fields == {
        "slug": "pick",
        "kind": "single_choice",
        "title": "Pick",
        "topics": [],
        "difficulty": "medium",
        "minutes": 5,
        "context": "",
        "prompt": "Which **one**?",
        "options": [
            {"key": "a", "text": "A", "right": True, "rationale": "Yes."},
            {"key": "b", "text": "B", "rationale": "", "misconception": ""},
        ],
        "official_answer": "",
    }


SEVERAL = "<single>false</single>"


@pytest.mark.parametrize(
    ("kind", "inside", "fields"),
    [
        pytest.param("truefalse", answers((100, "true"), (0, "false")), {"right": True}, id="true"),
        pytest.param("truefalse", answers((0, "true"), (100, "false")), {"right": False},
                     id="false"),
        pytest.param("shortanswer", answers((100, "log loss"), (100, r"a\*b")),
                     {"kind": "short_text", "accepted": ["log loss", "a*b"]}, id="forms"),
        pytest.param("numerical", answers((100, "0.25"), more="<tolerance>0.01</tolerance>"),
                     {"kind": "numeric", "answer": "0.25", "tolerance": {"absolute": 0.01}},
                     id="a number"),
        pytest.param("numerical", answers((100, "3")), {"tolerance": {"absolute": 1e-9}},
                     id="an exact number"),
        pytest.param("essay", '<defaultgrade>4</defaultgrade><graderinfo format="html">'
                     "<text>Look for depth.</text></graderinfo>",
                     {"rubric": [{"key": "a", "text": "Look for depth.", "points": 4}]},
                     id="notes of a grader"),
        pytest.param("matching", "".join(
            f'<subquestion format="html"><text>{a}</text><answer><text>{b}</text></answer>'
            "</subquestion>" for a, b in [("MSE", "mean"), ("MAE", "median"), ("", "mode")]),
            {"pairs": [{"left": "MSE", "right": "mean", "rationale": ""},
                       {"left": "MAE", "right": "median", "rationale": ""}], "extra": ["mode"]},
            id="pairs and one more"),
        pytest.param("ordering", answers((2, "second"), (1, "first")),
                     {"items": [{"key": "a", "text": "first"}, {"key": "b", "text": "second"}]},
                     id="an order"),
        pytest.param("multichoice", SEVERAL + answers((50, "A"), (50, "B"), (-50, "C")),
                     {"kind": "multiple_choice"}, id="several"),
        pytest.param("coderunner", "<coderunnertype>python3</coderunnertype><tags><tag><text>"
                     "task:huber</text></tag></tags>", {"kind": "coding", "task": "huber"},
                     id="code for a task that we judge"),
    ],
)  # fmt: skip
def test_a_question_of_moodle_is_understood(kind, inside, fields):
    found = read_one(question(kind, inside))

    assert {name: found.fields.get(name) for name in fields} == fields
    assert found.remarks == ()


@pytest.mark.parametrize(
    ("kind", "inside", "remark"),
    [
        pytest.param("multichoice", "<single>true</single>" + answers((100, "A"), (50, "B")),
                     "earns 50 %", id="part of a mark"),
        pytest.param("multichoice", SEVERAL + answers((50, "A"), (50, "B"), (0, "C")),
                     "shares are not kept", id="wrong ones cost nothing there"),
        pytest.param("multichoice", SEVERAL + answers((60, "A"), (40, "B"), (-50, "C")),
                     "shares are not kept", id="uneven shares"),
        pytest.param("shortanswer", answers((100, "a"), (100, "b*")), "no jokers", id="a joker"),
        pytest.param("shortanswer", answers((100, "a")) + "<usecase>1</usecase>", "Capitals",
                     id="capitals"),
        pytest.param("numerical", answers((100, "1"), (50, "2")), "earns 50 %", id="half right"),
        pytest.param("essay", "<attachments>2</attachments>", "Files", id="attachments"),
        pytest.param("essay", "<hint><text>Think.</text></hint>", "hints", id="hints"),
        pytest.param("truefalse", answers((100, "true"), (0, "false")) +
                     "<defaultgrade>3</defaultgrade>", "mark of 3", id="a mark"),
        pytest.param("essay", "<incorrectfeedback><text>See page 3.</text></incorrectfeedback>",
                     "See page 3", id="what all are told"),
    ],
)  # fmt: skip
def test_what_the_bank_cannot_keep_is_listed_with_a_reason(kind, inside, remark):
    found = read_one(question(kind, inside))

    assert any(remark in sentence for sentence in found.remarks)


@pytest.mark.parametrize(
    ("kind", "inside", "reason"),
    [
        pytest.param("description", "", "asks nothing", id="description"),
        pytest.param("calculated", "", "draw numbers", id="calculated"),
        pytest.param("ddimageortext", "", "no kind like", id="unknown"),
        pytest.param("coderunner", "<coderunnertype>c_program</coderunnertype>", "c_program",
                     id="code that we do not judge"),
        pytest.param("multichoice", "<single>true</single>" + answers((0, "A"), (0, "B")),
                     "No answer is marked", id="no right answer"),
        pytest.param("multichoice", "<single>false</single>" + answers((33, "A"), (67, "B")),
                     "is it 33.33333?", id="a share that Moodle does not list"),
        pytest.param("numerical", answers((100, "ten")), "no number", id="a word for a number"),
        pytest.param("shortanswer", answers((100, "*")), "without jokers", id="anything goes"),
        pytest.param("truefalse", answers((100, "yes"), (0, "no")), "true and false", id="words"),
        pytest.param("matching", "", "no pairs", id="no pairs"),
        pytest.param("cloze", "", "no gap", id="cloze without a gap"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_kept_is_refused_with_its_place_and_others_go_on(
    kind, inside, reason
):
    reading = converting.read(MOODLE, quiz(question(kind, inside), CHOICE))

    (remark,) = reading.refused
    assert reason in remark.sentence
    assert (remark.question, remark.place) == ("N", "line 1")
    assert [found.slug for found in reading.questions] == ["pick"]


@pytest.mark.parametrize(
    "share", ["100", "33.33333", "33.333333", "66.66667", "14.28571", "-12.5", "11.11111"]
)
def test_moodles_own_shares_are_read(share):
    found = refusals(question("multichoice", SEVERAL + answers((100, "A"), (share, "B"))))

    assert found == []


@pytest.mark.parametrize("right", range(1, 6))
def test_shares_are_written_from_moodles_list(right):
    keys = "abcdef"
    listed = [
        {"key": key, "text": key, "rationale": "R.", **({"right": True} if n < right else {})}
        for n, key in enumerate(keys)
    ]
    data = converting.write(MOODLE, [fields_of("multiple_choice", options=listed)]).data.decode()

    wanted = {1: "100", 2: "50", 3: "33.33333", 4: "25", 5: "20"}[right]
    assert data.count(f'fraction="{wanted}"') == right
    assert data.count(f'fraction="-{wanted}"') == 6 - right


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("The mean is {1:SHORTANSWER:=low#ok~%0%high}.",
         {"kind": "short_text", "accepted": ["low"]}),
        ("It is {1:MULTICHOICE:=A#yes~%50%B#half~C}.", {"kind": "single_choice"}),
        ("It is {:NUMERICAL:=3.14:0.01}.",
         {"kind": "numeric", "answer": "3.14", "tolerance": {"absolute": 0.01}}),
        ("{1:SA:=a} and {2:NM:=2:0}",
         {"kind": "open_text", "prompt": r"(1) \_\_\_\_ and (2) \_\_\_\_", "rubric": [
             {"key": "a", "text": "Gap 1: a", "points": 1},
             {"key": "b", "text": "Gap 2: 2:0", "points": 2}]}),
    ],
    ids=["a word", "a choice", "a number", "several"],
)  # fmt: skip
def test_gaps_are_read_as_far_as_they_go(text, fields):
    found = read_one(question("cloze", "", text))

    assert {name: found.fields.get(name) for name in fields} == fields


def test_categories_and_tags_say_where_a_question_belongs():
    category = (
        "<question type='category'><category><text>$course$/top/{}</text></category></question>"
    )
    tags = "<tags>{}</tags>".format(
        "".join(
            f"<tag><text>{tag}</text></tag>"
            for tag in [
                "topic:vision",
                "role:ai-engineer",
                "minutes:7",
                "difficulty:hard",
                "week 3",
            ]
        )
    )
    known = read_one(category.format("Regression"), question("essay", tags))
    unknown = read_one(category.format("Week 3"), question("essay", ""))

    assert known.fields["topics"] == ["regression", "vision"]
    assert (known.fields["minutes"], known.fields["difficulty"]) == (7, "hard")
    assert (known.fields["roles"], known.fields["tags"]) == (["ai-engineer"], ["week 3"])
    assert unknown.remarks == ("The category '$course$/top/Week 3' is no topic of the bank.",)


def test_two_questions_of_one_name_get_two_slugs():
    reading = converting.read(MOODLE, quiz(CHOICE, CHOICE.replace("one", "two")))

    assert [found.slug for found in reading.questions] == ["pick", "pick-2"]


def test_two_questions_of_one_id_number_are_one_too_many():
    first = question("essay", "<idnumber>q1</idnumber>")
    second = question("essay", "<idnumber>q1</idnumber>", "Other?")

    assert refusals(first, second) == [
        "N (line 1): Another question of this file is called 'q1', too."
    ]


def test_code_goes_out_with_open_tests_that_print_a_verdict():
    data = converting.write(MOODLE, [fields_of("coding")]).data.decode()

    assert "<coderunnertype>python3</coderunnertype>" in data
    assert data.count("<text>SHOW</text>") == data.count("<testcase ") > 3
    assert "HIDE" not in data
    assert data.count("<text>right</text>") == data.count("<testcase ")


def test_a_figure_goes_out_as_a_picture():
    data = converting.write(MOODLE, [fields_of("plot_reading")]).data.decode()

    assert '<file name="figure.svg" path="/" encoding="base64">' in data
    assert "@@PLUGINFILE@@/figure.svg" in data


@pytest.mark.parametrize("data", [b"<html/>", b"<quiz2/>"])
def test_xml_of_another_sort_is_no_moodle_xml(data):
    with pytest.raises(Broken, match=r"line 1: This is no Moodle XML"):
        converting.read(MOODLE, data)
