"""The table of candidates: what it filters and sorts by, its columns and saved views."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments import actions
from assessments.models import Attempt, Label, Member, SavedView, User
from assessments.recruiter.table.table import without
from questions.models import Topic
from tests.assessments.conftest import make_report
from tests.assessments.sectioned import draft_of

ATTEMPTS = reverse("recruiter:attempt_list")


def report(values, gradients):
    """A report of these shares, of which each weighs the same."""
    families = {
        "values": {"passed": 1, "total": 2, "score": values},
        "gradients": {"passed": 1, "total": 2, "score": gradients},
    }
    return make_report((values + gradients) / 2, "partial", families=families)


def names(client, query=""):
    found = client.get(f"{ATTEMPTS}?{query}").context["rows"]
    return [row.attempt.candidate.name for row in found]


@pytest.fixture
def topic(choice):
    """The choice, which weighs a quarter, is about robustness."""
    found = Topic.objects.create(slug="robust", title="Robustness")
    choice.question.topics.add(found)
    return found


@pytest.fixture
def four(make_attempt, topic):
    """Right choice and good values; wrong choice and good gradients; waits; goes on."""
    made = [
        make_attempt("Ada", report(1.0, 0.2), minutes=25),
        make_attempt("Ben", report(0.5, 1.0), minutes=5, option="b"),
        make_attempt("Cleo", minutes=15),
        make_attempt("Dee", source=None, finish=False),
    ]
    for days, attempt in enumerate(made):
        started = datetime(2026, 3, 1 + days, 12, tzinfo=UTC)
        taken = attempt.finished_at and started + (attempt.finished_at - attempt.started_at)
        deadline = started + timedelta(minutes=30)
        Attempt.objects.filter(pk=attempt.pk).update(
            started_at=started, finished_at=taken, deadline=deadline
        )
    return {attempt.candidate.name: attempt for attempt in made}


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("candidate", ["Ada", "Ben", "Cleo", "Dee"]),
        ("-candidate", ["Dee", "Cleo", "Ben", "Ada"]),
        ("started", ["Ada", "Ben", "Cleo", "Dee"]),
        ("-started", ["Dee", "Cleo", "Ben", "Ada"]),
        ("finished", ["Ada", "Ben", "Cleo", "Dee"]),
        ("taken", ["Ben", "Cleo", "Ada", "Dee"]),
        ("-taken", ["Ada", "Cleo", "Ben", "Dee"]),
        # Ada has 0.25 + 0.75 * 0.6, Ben 0.75 * 0.75; the others have no score.
        ("-score", ["Ada", "Ben", "Dee", "Cleo"]),
        ("score", ["Ben", "Ada", "Dee", "Cleo"]),
        ("-family.values", ["Ada", "Ben", "Dee", "Cleo"]),
        ("-family.gradients", ["Ben", "Ada", "Dee", "Cleo"]),
        ("family.gradients", ["Ada", "Ben", "Dee", "Cleo"]),
        ("-topic.robust", ["Cleo", "Ada", "Ben", "Dee"]),
        ("state", ["Dee", "Cleo", "Ben", "Ada"]),
        ("decision", ["Ben", "Ada", "Dee", "Cleo"]),
        ("-events", ["Dee", "Cleo", "Ben", "Ada"]),
        ("assessment", ["Dee", "Cleo", "Ben", "Ada"]),
        ("topic.nonsense", ["Dee", "Cleo", "Ben", "Ada"]),
        ("families", ["Dee", "Cleo", "Ben", "Ada"]),
        ("password", ["Dee", "Cleo", "Ben", "Ada"]),
    ],
)
def test_the_table_sorts_by_every_column(recruiter, four, make_member, order, found):
    by = User.objects.first()
    actions.decide([four["Ada"]], "hold", "Ask again.", by)
    actions.decide([four["Ben"]], "decline", "Too little.", by)
    actions.decide([four["Ben"]], "advance", "On second thoughts.", by)
    four["Cleo"].events.create(kind="paste", key="1")

    assert names(recruiter, f"sort={order}") == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("stage=graded", ["Ben", "Ada"], id="graded"),
        pytest.param("passed=yes", ["Ada"], id="reached the mark"),
        pytest.param("passed=no", ["Ben"], id="below the mark"),
        pytest.param("score_min=70", ["Ada"], id="score from"),
        pytest.param("score_max=70", ["Ben", "Ada"], id="score to, itself included"),
        pytest.param("score_min=56.25&score_max=56.25", ["Ben"], id="both ends belong"),
        pytest.param("score_min=-1&score_max=200", ["Dee", "Cleo", "Ben", "Ada"],
                     id="nonsense counts as left out"),
        pytest.param("since=2026-03-02&until=2026-03-03", ["Cleo", "Ben"], id="both days"),
        pytest.param("part=family.gradients&part_min=50&part_max=", ["Ben"], id="a family"),
        pytest.param("part=topic.robust&part_min=&part_max=0", ["Ben"], id="a topic, nothing"),
        pytest.param("part=topic.robust&part_min=100&part_max=", ["Cleo", "Ada"], id="a topic"),
        pytest.param("part=topic.robust&part_min=100&part_max=&part=family.values&part_min=90"
                     "&part_max=", ["Ada"], id="several ranges"),
        pytest.param("part=topic.robust&part_min=x&part_max=", ["Dee", "Cleo", "Ben", "Ada"],
                     id="a range of nonsense"),
        pytest.param("decision=none", ["Dee", "Cleo"], id="not decided"),
        pytest.param("decision=advance", ["Ben"], id="the newest decision counts"),
        pytest.param("decision=decline", [], id="an older one does not"),
        pytest.param("has=events", ["Cleo"], id="integrity events"),
        pytest.param("has=reports", ["Ada"], id="problem reports"),
        pytest.param("has=reports&has=events", [], id="both"),
        pytest.param("q=ben&sort=nonsense", ["Ben"], id="by name"),
    ],
)  # fmt: skip
def test_the_table_filters(recruiter, four, query, found):
    by = User.objects.first()
    actions.decide([four["Ada"]], "hold", "Ask again.", by)
    actions.decide([four["Ben"]], "decline", "Too little.", by)
    actions.decide([four["Ben"]], "advance", "On second thoughts.", by)
    four["Cleo"].events.create(kind="paste", key="1")
    actions.report_problem(four["Ada"], None, "It broke.")

    assert names(recruiter, query) == found


def test_a_label_filters_by_any_of_those_chosen(recruiter, four, organisation):
    user = User.objects.first()
    labels = [actions.make_label(organisation, name, by=user) for name in ("a", "b", "c")]
    actions.put_on(labels[0], [four["Ada"].pk], by=user)
    actions.put_on(labels[1], [four["Ada"].pk, four["Cleo"].pk], by=user)

    both = f"label={labels[0].pk}&label={labels[1].pk}"
    assert names(recruiter, both) == ["Cleo", "Ada"]
    assert names(recruiter, f"label={labels[0].pk}") == ["Ada"]
    assert names(recruiter, f"label={labels[2].pk}") == []


def test_a_version_filters_and_offers_its_own_topics_only(
    recruiter, four, make_version, organisation, version
):
    other = make_version(organisation, "other")
    other.questions.all()._raw_delete(using="default")  # final by its own rules

    page = recruiter.get(ATTEMPTS, {"version": version.pk})
    assert [row.attempt.version for row in page.context["rows"]] == [version] * 4
    assert [each.key for each in page.context["table"].columns.topics] == ["topic.robust"]
    page = recruiter.get(ATTEMPTS, {"version": other.pk})
    assert page.context["rows"] == []
    assert page.context["table"].columns.topics == []


def test_sections_are_columns_too(recruiter, organisation):
    version = actions.publish_assessment(draft_of(organisation, {"asks": 1}, {"asks": 1}))
    for name, position in (("Ada", 1), ("Ben", 2)):
        attempt = actions.start_attempt(actions.invite(version, name, f"{name}@example.com"))
        question = version.questions.get(position=position)
        actions.save_answer(attempt, question, {"option": "a"}, 0)
        actions.finish_attempt(attempt)

    page = recruiter.get(ATTEMPTS, {"column": "section.2", "sort": "-section.2"})

    assert "Section 2: Part 2" in page.text
    assert [row.attempt.candidate.name for row in page.context["rows"]] == ["Ben", "Ada"]
    assert [[cell.share for cell in row.cells] for row in page.context["rows"]] == [[1.0], [0.0]]


def test_columns_are_those_that_were_chosen(recruiter, four):
    def heads(query):
        return [
            column.key for column in recruiter.get(f"{ATTEMPTS}?{query}").context["table"].shown
        ]

    assert heads("") == ["state", "score", "families", "labels", "decision", "taken", "started"]
    assert heads("column=topic.robust&column=score") == ["score", "topic.robust"]
    assert heads("column=candidate&column=nonsense") == heads("")
    page = recruiter.get(f"{ATTEMPTS}?column=family.gradients&column=email&q=Ada").text
    assert "20 %" in page
    assert "c0@example.com" in page


def test_who_only_scores_is_shown_neither_addresses_nor_what_was_reported(sign_in, four):
    actions.report_problem(four["Ada"], None, "It broke.")
    reviewer = sign_in("reviewer")

    # Start and end together would tell of extra time.
    page = reviewer.get(
        f"{ATTEMPTS}?column=email&column=reports&column=score&column=finished&has=reports"
        "&sort=finished"
    )

    assert [column.key for column in page.context["table"].shown] == ["score"]
    assert page.context["table"].order == "-started"
    assert len(page.context["rows"]) == 4
    assert "problem reports" not in page.text


def test_a_header_sorts_and_is_turned_round(recruiter, four):
    page = recruiter.get(f"{ATTEMPTS}?q=a&assessment=&page=1&sort=-score").text

    assert 'aria-sort="descending"><a class="m-sort" href="?q=a&amp;sort=score">Score' in page
    assert 'href="?q=a&amp;sort=taken">Time taken' in page


def test_an_address_keeps_lists_of_ranges_side_by_side():
    query = QueryDict("part=a&part_min=&part_max=5&part=b&part_min=1&part_max=&q=&page=2&view=1")

    assert without(query, "page", "view") == (
        "part=a&part=b&part_min=&part_min=1&part_max=5&part_max="
    )


def test_a_filter_by_script_puts_what_was_chosen_into_the_address(recruiter, four):
    answer = recruiter.get(
        ATTEMPTS, {"q": "ada", "stage": "", "sort": "-started"}, headers={"HX-Request": "true"}
    )

    assert answer.headers["HX-Push-Url"] == f"{ATTEMPTS}?q=ada"


def test_candidates_of_others_and_previews_are_not_there(recruiter, four, stranger, make_version):
    foreign = make_version(stranger, "theirs")
    actions.start_attempt(actions.invite(foreign, "Zoe", "zoe@example.com"))
    Attempt.objects.get(pk=four["Ada"].pk).invitation.__class__.objects.filter(
        attempt=four["Ada"]
    ).update(preview=True)

    assert names(recruiter) == ["Dee", "Cleo", "Ben"]


@pytest.mark.parametrize(
    "query", ["sort=-family.values", "part=family.values&part_min=1&part_max="]
)
def test_parts_take_the_same_queries_for_any_number_of_rows(recruiter, make_attempt, query):
    numbers = []
    for count in (1, 3):
        for _ in range(count):
            make_attempt(report=report(1.0, 0.5))
        with CaptureQueriesContext(connection) as queries:
            page = recruiter.get(f"{ATTEMPTS}?{query}&column=family.values&column=families")
        assert len(page.context["rows"]) >= count
        numbers.append(len(queries))

    assert numbers[0] == numbers[1]


# Saved views ----------------------------------------------------------------------------------


def save(client, query, **fields):
    return client.post(reverse("recruiter:view_save"), {"query": query, "name": "Best"} | fields)


def test_a_view_keeps_filters_order_and_columns_and_no_name(recruiter, four):
    asked = "q=ada&sort=-score&column=score&page=2&score_min=50&attempt=x"

    answer = save(recruiter, asked, shared="yes")

    view = SavedView.objects.get()
    assert view.query == "sort=-score&column=score&score_min=50"
    assert answer.headers["Location"] == f"{ATTEMPTS}?{view.query}&view={view.pk}"
    assert names(recruiter, view.query) == ["Ada", "Ben"]


def test_a_view_of_the_same_name_is_replaced(recruiter, four):
    save(recruiter, "sort=-score")
    save(recruiter, "sort=taken", name=" Best ")

    assert [view.query for view in SavedView.objects.all()] == ["sort=taken"]


def test_a_view_needs_a_name(recruiter, four):
    answer = recruiter.post(
        reverse("recruiter:view_save"), {"query": "sort=taken", "name": " "}, follow=True
    )

    assert "The view&#x27;s name" in answer.text
    assert not SavedView.objects.exists()


def test_shared_views_are_for_everybody_here_and_others_for_their_owner(
    recruiter, sign_in, stranger
):
    save(recruiter, "sort=-score", shared="yes", name="Ours")
    save(recruiter, "sort=-score", name="Mine")

    def seen(client):
        return [view.name for view in client.get(f"{ATTEMPTS}?view=").context["views"]]

    assert seen(recruiter) == ["Mine", "Ours"]
    assert seen(sign_in("reviewer", email="v@acme.example")) == ["Ours"]
    assert seen(sign_in("owner", organisation=stranger, email="s@other.example")) == []


def test_a_reviewer_saves_views_but_shares_none(sign_in):
    save(sign_in("reviewer"), "sort=-score", shared="yes")

    assert SavedView.objects.get().shared is False


def test_the_table_opens_with_the_view_that_was_chosen(recruiter, four):
    save(recruiter, "sort=score", opens="yes")
    save(recruiter, "sort=taken", name="Quick")
    quick = SavedView.objects.get(name="Quick")

    opened = recruiter.get(ATTEMPTS)
    assert opened.headers["Location"].startswith(f"{ATTEMPTS}?sort=score&view=")
    assert names(recruiter, "view=") == ["Dee", "Cleo", "Ben", "Ada"]
    recruiter.post(reverse("recruiter:view_open_with", args=[quick.pk]), {"opens": "yes"})
    assert recruiter.get(ATTEMPTS).headers["Location"].startswith(f"{ATTEMPTS}?sort=taken")
    recruiter.post(reverse("recruiter:view_open_with", args=[quick.pk]), {"opens": "no"})
    assert recruiter.get(ATTEMPTS).status_code == 200


def test_another_members_own_view_is_not_there(recruiter, sign_in):
    save(recruiter, "sort=-score")
    view = SavedView.objects.get()
    other = sign_in("owner", email="o@acme.example")

    assert other.post(reverse("recruiter:view_delete", args=[view.pk])).status_code == 404
    assert other.post(reverse("recruiter:view_open_with", args=[view.pk])).status_code == 404


def test_a_view_is_deleted_by_its_owner_and_a_shared_one_by_who_invites(recruiter, sign_in):
    save(recruiter, "sort=-score", shared="yes")
    view = SavedView.objects.get()
    reviewer = sign_in("reviewer", email="v@acme.example")

    assert reviewer.post(reverse("recruiter:view_delete", args=[view.pk])).status_code == 404
    recruiter.post(reverse("recruiter:view_delete", args=[view.pk]))
    assert not SavedView.objects.exists()


# Anonymous mode -------------------------------------------------------------------------------


def test_names_are_hidden_by_choice_and_shown_again(recruiter, four):
    switch = reverse("recruiter:anonymous")

    recruiter.post(switch, {"hides": "yes"})
    assert Member.objects.get().hides_names
    assert "Ada" not in recruiter.get(ATTEMPTS).text
    answer = recruiter.post(switch, {"hides": "no", "next": f"{ATTEMPTS}?sort=score"})
    assert answer.headers["Location"] == f"{ATTEMPTS}?sort=score"
    assert "Ada" in recruiter.get(ATTEMPTS).text


def test_the_switch_leads_to_no_other_site(recruiter):
    answer = recruiter.post(reverse("recruiter:anonymous"), {"next": "https://evil.example/"})

    assert answer.headers["Location"] == ATTEMPTS


def test_a_reviewer_has_no_choice_while_the_organisation_hides_names(sign_in, four, organisation):
    reviewer, switch = sign_in("reviewer"), reverse("recruiter:anonymous")

    assert "Names are hidden from reviewers" in reviewer.get(ATTEMPTS).text
    assert reviewer.post(switch, {"hides": "no"}).status_code == 404
    organisation.hides_names = False
    organisation.save()
    assert "Ada" in reviewer.get(ATTEMPTS).text
    assert reviewer.post(switch, {"hides": "yes"}).status_code == 302
    assert "Ada" not in reviewer.get(ATTEMPTS).text


def test_labels_of_others_are_no_filter(recruiter, four, stranger):
    label = Label.objects.create(organisation=stranger, name="theirs")
    label.attempts.add(four["Ada"])

    assert len(names(recruiter, f"label={label.pk}")) == 4


def test_what_waits_for_review_is_a_state(recruiter, four):
    Attempt.objects.filter(pk=four["Cleo"].pk).update(awaits_review=True)

    assert names(recruiter, "stage=review") == ["Cleo"]
    assert names(recruiter, "stage=grading") == []
