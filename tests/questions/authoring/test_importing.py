"""A file of another program in the browser: what would come in is looked at, then let in."""

import json

import pytest

from questions.authoring import drafting, importing, reviewing
from questions.interchange import FORMATS, converting
from questions.interchange.planning import Drafted
from questions.models import Question, QuestionVersion
from tests.grader.own.examples import OWN
from tests.questions.authoring.conftest import make_shared, written
from tests.questions.authoring.uploads import GIFT, at, upload
from tests.questions.contents import EVERY, fields_of


def exported(form, *fields):
    return converting.write(FORMATS[form], fields).data


def outcomes(kept):
    return {row.slug or row.title: row.outcome for row in kept.questions.all()}


def test_the_preview_tells_of_each_question_what_would_become_of_it(ada, bo, client_of):
    reviewing.publish(bo, reviewing.send(ada, written(ada, title="Ours")))
    same = drafting.written(QuestionVersion.objects.get())
    make_shared("shared")
    shared = fields_of("single_choice", slug="shared", related=[])
    data = exported(
        "moodle",
        fields_of("true_false", slug="fresh"),
        same,
        {**shared, "prompt": "Which?"},
        {**fields_of("ordering"), "slug": "other"},
    )
    make_shared("other", "matching")

    kept = upload(ada, data)
    page = client_of(ada).get(at("import", ada, kept.pk)).content.decode()

    assert outcomes(kept) == {
        "fresh": "new", "a-question": "unchanged", "shared-copy": "new", "other-copy": "new",
    }  # fmt: skip
    assert "Nothing is imported yet" in page
    assert "Import 3 drafts" in page
    assert "All share a question &#x27;shared&#x27;" in page
    assert Question.objects.filter(organisation=ada.organisation).count() == 1


def test_what_is_left_out_stands_first_with_place_and_reason(ada, client_of):
    kept = upload(ada, f"{GIFT}\nText alone.\n")

    page = client_of(ada).get(at("import", ada, kept.pk)).content.decode()

    first = kept.questions.first()
    assert (first.outcome, first.title, first.place) == ("refused", "Text alone.", "line 3")
    assert page.index("It has no answers in braces") < page.index(">Mean</a>")


def test_confirming_stores_drafts_of_the_organisation(ada, client_of):
    kept = upload(ada, GIFT)

    response = client_of(ada).post(at("import_store", ada, kept.pk), follow=True)

    version = QuestionVersion.objects.get()
    assert (version.status, version.question.organisation) == ("draft", ada.organisation)
    assert version.content["prompt"] == "What minimises *squares*?"
    assert "The drafts are here." in response.content.decode()
    assert f"/desk/questions/acme/{version.question_id}/" in response.content.decode()


def test_confirming_twice_stores_once(ada, client_of):
    kept = upload(ada, GIFT)

    for _ in range(2):
        client_of(ada).post(at("import_store", ada, kept.pk))

    assert QuestionVersion.objects.count() == 1


def test_who_imports_does_not_publish_it_alone(ada, bo):
    fields = fields_of("single_choice", slug="theirs", related=[])
    kept = upload(ada, exported("moodle", fields))
    importing.store(ada, kept.pk)

    version = reviewing.send(ada, QuestionVersion.objects.get())

    with pytest.raises(reviewing.OwnWork):
        reviewing.publish(ada, version)
    assert reviewing.publish(bo, version).published_at


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("kind", [*EVERY, "own task"])
def test_an_imported_draft_can_be_edited_sent_and_published(ada, bo, form, kind):
    if form == "gift" and kind in ("coding", "plot_reading", "own task"):
        return
    said = fields_of("coding" if kind == "own task" else kind, slug="theirs", related=[])
    if kind == "own task":
        said = {**{name: said[name] for name in said if name != "task"}, "own": OWN}
    said.pop("related")
    importing.store(ada, upload(ada, exported(form, said)).pk)
    version = QuestionVersion.objects.get()

    assert drafting.read(version) == said
    assert reviewing.send(ada, version).status == "in_review"


def test_a_changed_question_becomes_a_draft_beside_it(ada, bo, client_of):
    reviewing.publish(bo, reviewing.send(ada, written(ada)))
    said = drafting.written(QuestionVersion.objects.get())
    kept = upload(ada, exported("moodle", {**said, "prompt": "Which of them?", "minutes": 9}))

    page = client_of(ada).get(at("import_question", ada, kept.pk, 1)).content.decode()
    importing.store(ada, kept.pk)

    assert outcomes(kept) == {"a-question": "version"}
    assert "What would change since version 1" in page
    assert "<ins>" in page
    assert "Minutes" not in page
    newest = QuestionVersion.objects.latest("number")
    assert (newest.number, newest.status, newest.content["prompt"]) == (
        2,
        "draft",
        "Which of them?",
    )


def test_a_question_that_waits_for_review_is_left_alone(ada):
    version = reviewing.send(ada, written(ada))
    said = {**drafting.written(version), "prompt": "Which of them?"}

    kept = upload(ada, exported("moodle", said))

    assert "waits for review" in kept.questions.get().reason


def test_what_was_done_meanwhile_is_told_and_nothing_is_overwritten(ada, client_of):
    kept = upload(ada, GIFT)
    other = drafting.create(ada, "single_choice", "Mean")

    page = client_of(ada).post(at("import_store", ada, kept.pk), follow=True).content.decode()

    assert "Of 1 it came otherwise than foretold" in page
    assert "Another question is called &#x27;mean&#x27; already" in page
    assert QuestionVersion.objects.get() == other


def test_a_fault_while_it_is_stored_leaves_nothing_behind(ada, monkeypatch):
    kept = upload(ada, GIFT)
    monkeypatch.setattr(QuestionVersion.objects, "bulk_create", lambda *rows: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        importing.store(ada, kept.pk)

    assert not Question.objects.exists()
    kept.refresh_from_db()
    assert kept.stored_at is None


def test_a_name_taken_at_this_very_moment_is_told(ada, monkeypatch):
    kept = upload(ada, GIFT)
    plan = importing.planning.plan

    def overtaken(*arguments, **options):
        found = plan(*arguments, **options)
        drafting.create(ada, "single_choice", "Mean")
        return found

    monkeypatch.setattr(importing.planning, "plan", overtaken)

    with pytest.raises(importing.NotStored, match="same name this moment"):
        importing.store(ada, kept.pk)


def test_the_same_name_in_another_organisation_hinders_nothing(ada, eve):
    for author in (ada, eve):
        importing.store(author, upload(author, GIFT).pk)

    assert Question.objects.filter(slug="mean").count() == 2


def test_a_question_of_a_file_is_shown_as_candidates_would_see_it(ada, client_of):
    kept = upload(ada, exported("qti3", fields_of("numeric", slug="theirs")), "a.zip")

    page = client_of(ada).get(at("import_preview", ada, kept.pk, 1)).content.decode()

    assert "Cross-entropy of" in page
    assert (
        "frame-ancestors 'self'"
        in (client_of(ada).get(at("import_preview", ada, kept.pk, 1))["Content-Security-Policy"])
    )


def many(count):
    return "\n".join(f"::Question {n}::What of {n}? {{=a#b ~c#d}}\n" for n in range(count))


@pytest.mark.parametrize("count", [3, 60])
def test_the_preview_takes_the_same_queries_for_any_number_of_questions(
    ada, client_of, django_assert_num_queries, count
):
    kept, client = upload(ada, many(count)), client_of(ada)

    # Session, user, authors, the file, counts, count, rows, their questions, the frame.
    with django_assert_num_queries(9):
        response = client.get(at("import", ada, kept.pk))

    assert response.context["page"].paginator.count == count


@pytest.mark.parametrize("count", [3, 60])
def test_planning_takes_the_same_queries_for_any_number_of_questions(
    ada, django_assert_num_queries, count
):
    reading = converting.read(FORMATS["gift"], many(count).encode())
    importing.drafting.store(reading, ada.organisation)

    with django_assert_num_queries(2):
        plan = importing.planning.plan(reading, ada.organisation)

    assert {each.outcome for each in plan.planned} == {Drafted.UNCHANGED}
    assert len(plan.planned) == count


@pytest.mark.parametrize("count", [3, 60])
def test_storing_takes_the_same_queries_for_any_number_of_questions(
    ada, django_assert_num_queries, count
):
    kept = upload(ada, many(count))

    # The transaction, the file, its rows, two of planning, a savepoint, questions, versions and
    # writers, and the end of all of these.
    with django_assert_num_queries(12):
        importing.store(ada, kept.pk)

    assert QuestionVersion.objects.count() == count


def test_the_order_of_parameters_is_kept(ada):
    rules = {"z": {"values": [2.0, 4.0]}, "a": {"value": "2 * z"}}
    said = fields_of(
        "numeric", slug="theirs", parameters=rules, prompt="{{z}}, {{a}}?", answer="z + a",
        misconceptions=[{"value": "z - a", "misconception": "Minus."}],
        official_answer="{{answer}}",
    )  # fmt: skip

    kept = upload(ada, exported("moodle", said))
    importing.store(ada, kept.pk)

    assert list(json.loads(kept.questions.get().fields)["parameters"]) == ["z", "a"]
    assert QuestionVersion.objects.get().content["order"] == ["z", "a"]
