"""Run and Submit over HTTP: inputs, refusals with what to do, and older results."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments import actions
from assessments.models import Submission
from tests.assessments.conftest import SOURCE, make_report

BY_HTMX = {"HX-Request": "true"}
INPUTS = {"inputs.y_true": "[1,\r\n 2]", "inputs.y_pred": "[1, nan]", "inputs.delta": ""}
ROW = {
    "index": "[1, 2]", "flat": 5, "got": 1.0, "numeric": 0.5, "difference": 0.5, "ratio": 2.0,
    "state": "off",
}  # fmt: skip
OWN = {
    "call": "loss(y_true=[1., 2.])",
    "loss": {"function": "loss", "returned": "0.125", "trouble": "", "line": None},
    "grad": [
        {
            "name": "y_pred", "shape": "(2, 3)", "size": 6, "compared": 6, "off": 1, "kinks": 1,
            "says": "Off, says the grader.", "trouble": "", "line": None, "rows": [ROW],
        }
    ],
    "warnings": [{"line": 4, "text": "RuntimeWarning: <b>"}],
    "printed": "<i>seen</i>",
    "error": None,
}  # fmt: skip


def grade(submission, **changes):
    report = make_report(0.4, "partial", **changes)
    assert actions.store_report(str(submission.pk), submission.ticket, report)


def run(client, sit, **fields):
    return client.post(sit("questions/2/run/"), {"source": SOURCE, **fields}, headers=BY_HTMX)


def test_a_run_takes_the_inputs_of_the_form_along(client, sit, attempt):
    response = run(client, sit, **INPUTS)

    assert response.status_code == 200
    inputs = attempt.submissions.get().inputs
    assert [each["values"] for each in inputs["arguments"]] == [[1.0, 2.0], [1.0, "nan"]]


def test_inputs_that_cannot_be_read_name_their_field_to_the_page(client, sit, attempt):
    response = run(client, sit, **INPUTS | {"inputs.y_pred": "[1"})

    assert "y_pred has its end where" in response.content.decode()
    assert '"inputs:refused": {"field": "y_pred"}' in response["HX-Trigger"]
    assert not attempt.submissions.exists()


def test_without_scripts_a_refusal_is_a_page_and_loses_no_input(client, sit, attempt):
    fields = {"source": SOURCE, "revision": "0", **INPUTS, "inputs.y_pred": "[1"}

    response = client.post(sit("questions/2/run/"), fields)

    assert response.status_code == 422
    assert "Back to the question" in response.content.decode()
    assert "[1,\n 2]</textarea>" in client.get(sit("questions/2/")).content.decode()


def test_too_many_runs_are_answered_with_the_time_to_wait(client, sit, attempt, coding_question):
    for number in range(20):
        grade(actions.submit_code(attempt, coding_question, f"x = {number}", "run"))
    Submission.objects.update(created_at=timezone.now() - timedelta(seconds=30))

    response = run(client, sit)
    plain = client.post(sit("questions/2/run/"), {"source": SOURCE, "revision": "0"})

    assert 28 <= int(response["Retry-After"]) <= 30
    assert "You can run again in" in response.content.decode()
    assert plain.status_code == 429


def test_what_a_run_found_on_own_inputs_is_shown_escaped(client, sit, attempt, coding_question):
    submission = actions.submit_code(attempt, coding_question, SOURCE, "run")
    grade(submission, own=OWN)

    page = client.get(sit(f"submissions/{submission.pk}/")).content.decode()

    for text in ["0.125", "Off, says the grader.", "[1, 2]", "no. 5", "RuntimeWarning: &lt;b&gt;",
                 "&lt;i&gt;seen&lt;/i&gt;", "Go to line 4", "At a kink of your loss"]:  # fmt: skip
        assert text in page


def test_a_report_on_own_inputs_of_another_shape_is_refused(attempt, coding_question):
    submission = actions.submit_code(attempt, coding_question, SOURCE, "run")
    for change in [
        {"grad": [{**OWN["grad"][0], "rows": [{**ROW, "got": [1]}]}]},
        {"grad": [{**OWN["grad"][0], "rows": [ROW] * 51}]},
        {"grad": [{**OWN["grad"][0], "rows": [{**ROW, "state": "<b>"}]}]},
        {"loss": {**OWN["loss"], "function": "eval"}},
        {"warnings": [{"line": "4", "text": ""}]},
        {"printed": "x" * 200_001},
        {"error": "no"},
    ]:
        report = make_report(0.4, "partial", own={**OWN, **change})
        assert not actions.store_report(str(submission.pk), submission.ticket, report), change


def test_older_results_can_be_opened_and_nobody_elses(
    client, sit, attempt, coding_question, make_version, stranger
):
    first = actions.submit_code(attempt, coding_question, "x = 1", "run")
    grade(first)
    grade(actions.submit_code(attempt, coding_question, "x = 2", "run"))
    foreign = actions.start_attempt(actions.invite(make_version(stranger), "Eve", "e@x.example"))
    theirs = actions.submit_code(foreign, foreign.questions.get(position=2), "secret = 1", "run")

    assert 'data-code="x = 2"' in client.get(sit("questions/2/")).content.decode()
    older = client.get(sit(f"questions/2/?result={first.pk}")).content.decode()
    assert 'data-code="x = 1"' in older
    for chosen in (theirs.pk, "no-id"):
        page = client.get(sit(f"questions/2/?result={chosen}")).content.decode()
        assert 'data-code="x = 2"' in page
        assert "secret" not in page


def test_all_results_are_listed_with_what_came_of_them(client, sit, attempt, coding_question):
    for number in range(12):
        grade(actions.submit_code(attempt, coding_question, f"x = {number}", "run"))
    actions.submit_code(attempt, coding_question, "x = 0", "submit")

    page = client.get(sit("questions/2/")).content.decode()
    whole = client.get(sit("questions/2/history/")).content.decode()

    assert "All 13 runs and submissions" in page
    assert whole.count("?result=") == 13
    assert "being graded" in whole


@pytest.mark.parametrize("count", [1, 8])
def test_the_list_takes_the_same_queries_for_any_number_of_results(
    client, sit, attempt, coding_question, django_assert_max_num_queries, count
):
    for number in range(count):
        grade(actions.submit_code(attempt, coding_question, f"x = {number}", "run"))
    client.get(sit("questions/2/history/"))

    with django_assert_max_num_queries(10):
        client.get(sit("questions/2/history/"))


def test_a_submit_that_a_save_has_overtaken_takes_nothing_back(client, sit, attempt, save):
    older, newer = {"source": SOURCE}, {"source": f"{SOURCE}# more\n"}
    assert save(2, older, 0).status_code == save(2, newer, 1).status_code == 200

    fields = {"source": SOURCE, "saved_as": "1"}
    response = client.post(sit("questions/2/submit/"), fields, headers=BY_HTMX)

    assert attempt.answers.get().content == newer
    assert attempt.submissions.get().source == SOURCE
    assert '"revision": 2' in response["HX-Trigger"]
    actions.finish_attempt(attempt)
    assert {each.source for each in attempt.submissions.all()} == {SOURCE, newer["source"]}
