"""The sitting: questions, drafts, Run and Submit, without a browser."""

import json
import re

import pytest

from assessments.actions import save_answer, store_report, submit_code
from assessments.models import Answer, Submission
from tests.assessments.conftest import SOURCE, make_report


def test_a_question_shows_its_options_and_nothing_of_what_is_right(client, sit, attempt):
    page = client.get(sit("questions/1/")).content.decode()

    assert all(text in page for text in ("This", "That", "Neither"))
    assert "It is that." not in page
    assert "It is." not in page


def test_a_coding_question_shows_formula_rules_and_starter(client, sit, attempt):
    page = client.get(sit("questions/2/")).content.decode()

    assert "<math" in page
    assert "def loss(y_true, y_pred, delta=1.0):" in page
    assert "the derivative of the loss with respect to y_pred, as an array of its shape" in page
    assert "np.clip" not in page
    assert "Errors of 1/2 and 3" in page
    assert "# 1.3125" in page


def test_a_position_that_does_not_exist_is_not_found(client, sit, attempt):
    assert client.get(sit("questions/3/")).status_code == 404


def test_a_draft_is_saved_and_shown_again(client, sit, save, attempt):
    response = save(2, {"source": SOURCE}, 0)

    assert response.status_code == 200
    assert response.json()["revision"] == 1
    assert response.json()["answered"] is True
    assert response.json()["clock"]["deadline"] > response.json()["clock"]["now"]
    page = client.get(sit("questions/2/")).content.decode()
    assert "return 0.0" in page
    assert 'data-revision="1"' in page


def test_a_stale_draft_changes_nothing_and_brings_the_newer_one(save, attempt):
    save(1, {"option": "a"}, 0)

    response = save(1, {"option": "b"}, 0)

    assert response.status_code == 409
    assert response.json()["content"] == {"option": "a"}
    assert response.json()["revision"] == 1
    assert Answer.objects.get().content == {"option": "a"}


def test_a_draft_that_arrives_twice_is_saved_once(save, attempt):
    first, again = (save(1, {"option": "a"}, 0) for _ in range(2))

    assert first.json()["revision"] == again.json()["revision"] == 1


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("not json", id="no JSON"),
        pytest.param("[]", id="a list"),
        pytest.param('{"content": {"option": "a"}}', id="no revision"),
        pytest.param('{"content": {"option": "a"}, "revision": true}', id="revision true"),
        pytest.param('{"content": {"option": "a"}, "revision": -1}', id="negative revision"),
        pytest.param('{"content": "a", "revision": 0}', id="content a string"),
        pytest.param('{"content": {"option": "z"}, "revision": 0}', id="no such option"),
        pytest.param('{"content": {"source": "x"}, "revision": 0}', id="another kind's answer"),
        pytest.param('{"content": {"option": NaN}, "revision": 0}', id="NaN"),
    ],
)
def test_an_unusable_draft_is_refused_with_a_sentence(client, sit, attempt, body):
    url = sit("questions/1/draft/")

    response = client.put(url, body, content_type="application/json")

    assert response.status_code == 422
    assert response.json()["detail"]
    assert not Answer.objects.exists()


def test_a_draft_after_the_deadline_and_its_grace_is_gone(save, attempt, past_deadline):
    past_deadline(attempt, 30)

    assert save(1, {"option": "a"}, 0).status_code == 410
    assert not Answer.objects.exists()


def test_a_draft_in_the_seconds_of_grace_counts(save, attempt, past_deadline):
    past_deadline(attempt, 2)

    assert save(1, {"option": "a"}, 0).status_code == 200


def test_a_draft_before_the_start_is_refused(save, invitation):
    assert save(1, {"option": "a"}, 0).status_code == 410


def test_without_scripts_a_form_saves_and_leads_on(client, sit, attempt):
    response = client.post(sit("questions/1/"), {"option": "b", "revision": "0"})

    assert response["Location"] == sit("questions/2/")
    assert Answer.objects.get().content == {"option": "b"}


def test_without_scripts_line_ends_are_what_was_typed(client, sit, attempt):
    typed = {"source": SOURCE.replace("\n", "\r\n"), "revision": "0"}

    response = client.post(sit("questions/2/"), typed)

    assert response["Location"] == sit("review/")
    assert Answer.objects.get().content == {"source": SOURCE}


def test_without_scripts_a_stale_form_keeps_both_versions_in_sight(
    client, sit, attempt, coding_question
):
    save_answer(attempt, coding_question, {"source": "stored = 1"}, 0)

    response = client.post(sit("questions/2/"), {"source": "typed = 1", "revision": "0"})

    assert response.status_code == 409
    page = response.content.decode()
    assert "typed = 1" in page
    assert "stored = 1" in page
    again = client.post(sit("questions/2/"), {"source": "typed = 1", "revision": "1"})
    assert again.status_code == 302
    assert Answer.objects.get().content == {"source": "typed = 1"}


def test_run_queues_the_sample_checks_and_answers_with_a_panel_that_waits(
    client, sit, attempt, broker, committed
):
    with committed():
        response = client.post(
            sit("questions/2/run/"), {"source": SOURCE}, headers={"HX-Request": "true"}
        )

    submission = Submission.objects.get()
    assert submission.purpose == Submission.Purpose.RUN
    assert f'hx-get="{sit(f"submissions/{submission.pk}/")}?wait"' in response.content.decode()
    assert len(broker.messages("run")) == 1


def test_submit_tells_the_page_the_revision_that_it_made(client, sit, attempt, broker):
    response = client.post(
        sit("questions/2/submit/"), {"source": SOURCE}, headers={"HX-Request": "true"}
    )

    saved = json.loads(response["HX-Trigger"])["answer:saved"]
    assert saved == {"revision": 1, "content": {"source": SOURCE}}
    assert Submission.objects.get().purpose == Submission.Purpose.SUBMIT


def test_without_scripts_run_leads_back_to_the_question(client, sit, attempt, broker):
    response = client.post(sit("questions/2/run/"), {"source": SOURCE})

    assert response["Location"] == sit("questions/2/#results")
    assert "Reload this page" in client.get(sit("questions/2/")).content.decode()


def test_without_scripts_run_loses_nothing_that_was_typed(
    client, sit, attempt, broker, coding_question
):
    save_answer(attempt, coding_question, {"source": "stored = 1"}, 0)
    typed = {"source": SOURCE, "revision": "1"}

    client.post(sit("questions/2/run/"), typed)

    assert Answer.objects.get().content == {"source": SOURCE}
    stale = client.post(sit("questions/2/run/"), {"source": "typed = 1", "revision": "1"})
    assert stale.status_code == 409
    assert "typed = 1" in stale.content.decode()
    assert Submission.objects.count() == 1


OLDER = "For the code before your last change."


def marks(page):
    """Whether each result on the page, run or submission, shows that it is for older code."""
    opening = re.findall(r"<div [^>]*data-older[^>]*>", page)
    assert len(opening) == page.count(OLDER)
    return ["hidden" not in tag for tag in opening]


@pytest.mark.parametrize("purpose", list(Submission.Purpose)[:2])
def test_a_result_of_older_code_says_so(client, sit, attempt, coding_question, purpose):
    save_answer(attempt, coding_question, {"source": SOURCE}, 0)
    submission = submit_code(attempt, coding_question, SOURCE, purpose)
    places = ["questions/2/", f"submissions/{submission.pk}/"]

    assert [marks(client.get(sit(each)).content.decode()) for each in places] == [[False]] * 2

    save_answer(attempt, coding_question, {"source": SOURCE + "# on"}, attempt_revision(attempt))
    assert [marks(client.get(sit(each)).content.decode()) for each in places] == [[True]] * 2


def attempt_revision(attempt):
    return attempt.answers.get().revision


def test_no_code_is_refused_with_a_sentence(client, sit, attempt):
    response = client.post(
        sit("questions/2/submit/"), {"source": "  "}, headers={"HX-Request": "true"}
    )

    assert "There is no code to grade." in response.content.decode()
    assert not Submission.objects.exists()


def test_run_after_the_deadline_leads_to_the_end(client, sit, attempt, past_deadline):
    past_deadline(attempt, 30)

    response = client.post(sit("questions/2/run/"), {"source": SOURCE})

    assert response["Location"] == sit("done/")


@pytest.mark.parametrize(
    ("feedback", "shown", "hidden"),
    [
        pytest.param("none", ["Received and graded"], ["Partial", "Values"], id="none"),
        pytest.param("verdict", ["Partial"], ["Values"], id="verdict"),
        pytest.param("families", ["Partial", "Values"], [], id="families"),
        pytest.param("full", ["Partial", "Values"], ["goes to the people"], id="full"),
    ],
)
def test_a_graded_submission_shows_what_the_assessment_allows(
    client, sit, attempt, coding_question, shown, hidden
):
    submission = submit_code(attempt, coding_question, SOURCE, Submission.Purpose.SUBMIT)
    report = make_report(0.4, "partial", diagnosis=["A sum where the mean is asked."])
    assert store_report(str(submission.pk), submission.ticket, report)

    page = client.get(sit(f"submissions/{submission.pk}/?wait")).content.decode()

    assert all(text in page for text in shown)
    assert not any(text in page for text in hidden)
    assert "a vector" not in page
    assert "A sum where the mean is asked." not in page


def test_a_run_shows_every_sample_check_with_what_it_printed(client, sit, attempt, coding_question):
    submission = submit_code(attempt, coding_question, SOURCE, Submission.Purpose.RUN)
    row = {"index": "[0]", "got": 1.0, "expected": 0.25, "numeric": 0.25, "ratio": 4.0}
    check = {
        "family": "gradients", "name": "grad: a small example", "passed": False,
        "expected": "0.25", "got": "1", "detail": "Too large by 4.", "gradient": [row],
    }  # fmt: skip
    report = make_report(0.4, "partial", checks=[check], stdout="<b>hello</b>")
    assert store_report(str(submission.pk), submission.ticket, report)

    page = client.get(sit(f"submissions/{submission.pk}/")).content.decode()

    for text in [
        "0 of 1 sample checks passed",
        "Too large by 4.",
        "&lt;b&gt;hello&lt;/b&gt;",
        "0.25",
        "hidden",
    ]:
        assert text in page


def test_a_run_that_never_began_says_why_and_no_more(client, sit, attempt, coding_question):
    submission = submit_code(attempt, coding_question, "def loss(:", Submission.Purpose.RUN)
    check = {
        "family": "values", "name": "loss: a small example", "passed": False,
        "expected": "0.25", "got": "not run", "detail": "`loss` was not reached.",
    }  # fmt: skip
    error = {"kind": "syntax_error", "detail": "Line 1: invalid syntax."}
    report = make_report(0.0, "error", checks=[check], error=error)
    assert store_report(str(submission.pk), submission.ticket, report)

    page = client.get(sit(f"submissions/{submission.pk}/")).content.decode()

    assert "Line 1: invalid syntax." in page
    assert "0 of 1 sample checks passed" in page
    assert "was not reached" not in page


@pytest.mark.parametrize("submissions", [1, 3])
def test_a_question_takes_a_fixed_number_of_queries(
    client, sit, attempt, coding_question, django_assert_num_queries, submissions
):
    for each in range(submissions):
        submission = submit_code(attempt, coding_question, f"x = {each}", "submit")
        assert store_report(str(submission.pk), submission.ticket, make_report())
    client.get(sit("questions/2/"))  # the first look notes the address and the place

    # invitation, address; questions, grants, answers, submissions; newest run and submission
    with django_assert_num_queries(8):
        assert client.get(sit("questions/2/")).status_code == 200


def test_the_clock_is_the_servers(client, sit, attempt):
    clock = client.get(sit("clock/")).json()

    assert clock["deadline"][:19] == attempt.deadline.isoformat()[:19]
    assert clock["now"] < clock["deadline"]
    assert (clock["paused_until"], clock["untimed"], clock["closed"]) == (None, False, False)
