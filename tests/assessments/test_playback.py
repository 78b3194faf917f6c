"""How code grew can be shown again, text by text, whatever was typed."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments import actions
from assessments.actions import growing
from assessments.models import CodeSnapshot
from assessments.playback import DoesNotApply, Frame, Step, applied, difference, grown, replay
from grader.catalogue import get
from grader.catalogue.starter import starter

AT = datetime(2026, 3, 4, 10, tzinfo=UTC)
# Few letters, so that texts have much in common; 𝛿 and 🙂 lie beyond the first plane.
TEXT = st.text(alphabet="ab\n𝛿🙂é", max_size=30)


@given(TEXT, TEXT)
def test_the_difference_of_two_texts_leads_from_one_to_the_other(before, after):
    changes = difference(before, after)

    assert applied(before, changes) == after
    assert len(changes) == (before != after)


@given(TEXT, st.lists(TEXT))
def test_any_edits_replay_to_the_same_texts(first, texts):
    snapshots, before = [], first
    for number, after in enumerate(texts):
        changes = json.loads(json.dumps(difference(before, after)))  # as the database keeps them
        snapshots.append(SimpleNamespace(at=AT + timedelta(seconds=number), changes=changes))
        before = after

    frames = list(replay(first, snapshots))

    assert [frame.text for frame in frames] == texts
    assert [frame.at for frame in frames] == [snapshot.at for snapshot in snapshots]


def test_several_changes_go_from_the_last_place_to_the_first():
    assert applied("one two", [(4, 7, "2"), (0, 3, "1")]) == "1 2"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param([(0, 4, "")], id="beyond the end"),
        pytest.param([(-1, 1, "")], id="before the start"),
        pytest.param([(2, 1, "")], id="backwards"),
        pytest.param([(0, 1, "x"), (2, 3, "y")], id="in the wrong order"),
        pytest.param([(1, 3, "x"), (0, 2, "y")], id="overlapping"),
    ],
)
def test_changes_that_do_not_fit_are_refused(changes):
    with pytest.raises(DoesNotApply):
        applied("abc", changes)


def test_a_change_of_few_letters_is_small_in_a_long_text():
    before = "x = 1\n" * 10_000

    assert difference(before, before[:30_000] + "🙂" + before[30_000:]) == [(30_000, 30_000, "🙂")]


def test_steps_that_lead_to_the_text_are_kept_and_others_are_made_one():
    steps = [Step(AT, [(1, 1, "b")]), Step(AT, [(2, 2, "c")])]
    later = AT + timedelta(seconds=5)

    assert grown("a", "abc", steps, later) == steps
    assert grown("a", "abd", steps, later) == [Step(later, [(1, 1, "bd")])]
    assert grown("", "abc", steps, later) == [Step(later, [(0, 0, "abc")])]


# What is stored ---------------------------------------------------------------------------------


@pytest.fixture
def grow(attempt, coding_question):
    """Saves one text after the other, and returns the frames that can be played back."""

    def save(*texts, steps=()):
        for text in texts:
            stored = attempt.answers.filter(question=coding_question).first()
            revision = stored.revision if stored else 0
            content = {"source": text}
            actions.save_answer(attempt, coding_question, content, revision, steps=steps)
        snapshots = CodeSnapshot.objects.filter(attempt=attempt, question=coding_question)
        return list(replay(starter(get("huber")), snapshots))

    return save


def test_every_save_can_be_played_back(grow):
    texts = ["", "x = '🙂'", "x = '🙂𝛿'", "y = 1", starter(get("huber"))]

    assert [frame.text for frame in grow(*texts)] == texts


def test_the_starter_saved_as_it_was_is_no_step(grow):
    assert grow(starter(get("huber"))) == []


def test_what_grew_offline_keeps_its_own_times(grow, attempt):
    grow("a")
    begun = CodeSnapshot.objects.get().at
    steps = [
        Step(begun - timedelta(hours=1), [(1, 1, "b")]),
        Step(begun + timedelta(milliseconds=1), [(2, 2, "c")]),
        Step(begun + timedelta(hours=1), [(3, 3, "d")]),
    ]

    frames = grow("abcd", steps=steps)

    assert [frame.text for frame in frames] == ["a", "ab", "abc", "abcd"]
    saved = attempt.answers.get().saved_at
    assert frames[1].at == begun
    assert frames[2] == Frame(begun + timedelta(milliseconds=1), "abc")
    assert begun <= frames[3].at <= saved


def test_a_submission_grows_too(grow, attempt, coding_question):
    grow("a")
    actions.submit_code(attempt, coding_question, "abc", "submit")

    assert CodeSnapshot.objects.last().changes == [[1, 1, "bc"]]


def test_where_nothing_is_recorded_no_growth_is(make_version, organisation):
    version = make_version(organisation, slug="quiet", records_events=False)
    attempt = actions.start_attempt(actions.invite(version, "Ada", "ada@example.com"))

    actions.save_answer(attempt, version.questions.get(position=2), {"source": "a"}, 0)

    assert not CodeSnapshot.objects.exists()


@pytest.mark.parametrize(
    "limit", [{"MOST_SNAPSHOTS": 3}, {"MOST_CHARACTERS": 1200}], ids=["number", "size"]
)
def test_no_page_fills_the_database(grow, attempt, monkeypatch, limit):
    for name, value in limit.items():
        monkeypatch.setattr(growing, name, value)

    frames = grow(*(letter * 600 for letter in "abcdef"))

    assert len(frames) <= 4
    assert CodeSnapshot.objects.last().changes == []
    assert attempt.answers.get().content == {"source": "f" * 600}
