"""How code grew, at the desk: steps for the player, and a page for each step."""

import re
from datetime import timedelta

import pytest

from assessments.models import CodeSnapshot
from assessments.recruiter.report.growth import difference_from
from tests.assessments.recruiter.conftest import PARTIAL

TEXTS = ["import numpy", "import numpy\nx = 1", "import numpy\ny = 🙂2"]


@pytest.fixture
def grown(make_attempt, coding_question):
    """Three steps at 1, 2 and 12 minutes, and a paste at 2 minutes."""
    attempt = make_attempt(report=PARTIAL)
    attempt.snapshots.all().delete()
    version = coding_question.question_version
    starter = version.rules.starter(version.content)
    before = [starter, *TEXTS]
    for number, (minutes, text) in enumerate(zip([1, 2, 12], TEXTS, strict=True), start=1):
        CodeSnapshot.objects.create(
            attempt=attempt,
            question=coding_question,
            number=number,
            at=attempt.started_at + timedelta(minutes=minutes),
            changes=[[0, len(before[number - 1]), text]],
        )
    at = attempt.started_at + timedelta(minutes=2)
    attempt.events.create(question=coding_question, kind="paste", key="p", size=9, at=at)
    return attempt


@pytest.fixture
def address(grown, coding_question):
    return f"{grown.get_absolute_url()}questions/{coding_question.pk}/playback/"


def words_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_the_player_gets_every_step_with_its_time_and_what_happened_beside(recruiter, address):
    told = recruiter.get(f"{address}steps/").json()

    assert [at for at, _ in told["steps"]] == [60, 120, 720]
    assert told["steps"][2][1][0][2] == TEXTS[2]
    assert told["starter"].startswith("import numpy as np")
    kinds = {mark["kind"]: mark for mark in told["marks"]}
    assert (kinds["paste"]["at"], kinds["paste"]["words"]) == (120, "Pasted text 9 characters")
    assert kinds["submit"]["words"] == "Submitted: partial"
    assert told["whole"] is True


@pytest.mark.parametrize(
    ("query", "step"),
    [("", 3), ("?step=0", 0), ("?step=99", 3), ("?at=119.9", 1), ("?at=0", 0), ("?at=x", 3)],
)
def test_a_step_is_asked_for_by_number_or_by_moment(recruiter, address, query, step):
    assert f"Step {step} of 3," in words_of(recruiter.get(address + query))


def test_without_scripts_a_step_shows_what_differs_from_the_starter(recruiter, address):
    answer = recruiter.get(f"{address}?step=2")

    assert re.search(r'data-mark="added"><code><span class="visually-hidden">added: ', answer.text)
    assert "removed: import numpy as np" in words_of(answer)
    assert f'href="{address}?step=1"' in answer.text


def test_lines_that_changed_stand_after_those_they_replaced():
    found = difference_from("a\nb\nc", "a\nx\nc\nd")

    assert [(each.mark, each.line.number) for each in found] == [
        ("same", 1),
        ("removed", 2),
        ("added", 2),
        ("same", 3),
        ("added", 4),
    ]


def test_nothing_of_the_code_becomes_markup(recruiter, grown, address):
    hostile = "</script><b>\u202e"
    grown.snapshots.filter(number=1).update(changes=[[0, 0, hostile]])
    grown.snapshots.filter(number__gt=1).delete()

    answer = recruiter.get(address)

    assert "<b>" not in answer.text
    assert "\u202e" not in answer.text


def test_what_grew_beyond_what_is_kept_is_said(recruiter, grown, coding_question, address):
    CodeSnapshot.objects.create(attempt=grown, question=coding_question, number=4, changes=[])

    assert "the last steps are missing" in words_of(recruiter.get(address))
    assert recruiter.get(f"{address}steps/").json()["whole"] is False


def test_a_question_without_steps_says_so(recruiter, grown, address):
    grown.snapshots.all().delete()

    assert "No steps are kept" in words_of(recruiter.get(address))


def test_only_code_is_played_back(recruiter, grown, choice_question):
    address = f"{grown.get_absolute_url()}questions/{choice_question.pk}/playback/"

    assert recruiter.get(address).status_code == 404
    assert recruiter.get(f"{address}steps/").status_code == 404


def test_the_report_leads_to_the_playback_and_events_to_their_moment(recruiter, grown, address):
    answer = recruiter.get(grown.get_absolute_url())

    assert f'hx-get="{address}"' in answer.text
    assert f'href="{address}?at=120.0"' in answer.text
    assert "About 1 min at the code, from 1 min to 12 min after the start" in words_of(answer)
