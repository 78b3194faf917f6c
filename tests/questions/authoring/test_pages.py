"""The pages of authoring, from outside: who gets them, and what they show."""

import pytest
from django.utils import timezone

from questions.authoring import drafting, reviewing
from questions.models import Comment, Question, QuestionVersion
from tests.questions.authoring.conftest import address, make_shared, make_user, signed_in, written
from tests.questions.contents import EVERY


@pytest.mark.parametrize("role", ["recruiter", "reviewer"])
def test_who_may_not_write_gets_a_404(acme, role):
    client = signed_in(make_user("r@acme.example", acme, role))

    assert client.get("/desk/questions/").status_code == 404
    assert client.get("/desk/questions/acme/").status_code == 404


def test_who_is_not_signed_in_is_asked_to(client, acme):
    assert client.get("/desk/questions/acme/").status_code == 302


def test_the_desk_leads_authors_to_their_questions(ada, client_of):
    response = client_of(ada).get("/desk/questions/")

    assert response["Location"] == "/desk/questions/acme/"


@pytest.mark.parametrize("kind", EVERY)
def test_every_kind_is_begun_filled_in_and_previewed(ada, client_of, kind):
    client = client_of(ada)
    begun = client.post(address("new", ada), {"title": "How robust?", "kind": kind})
    assert client.get(begun["Location"]).status_code == 200
    version = written(ada, kind)

    editor = client.get(address("edit", ada, version))
    shown = client.get(address("preview", ada, version, number=1))

    assert editor.status_code == 200
    assert "ready for review" in editor.content.decode()
    assert "Nothing to show" not in shown.content.decode()
    assert 'method="dialog"' in shown.content.decode()
    assert client.get(address("question", ada, version)).status_code == 200


def test_the_editor_may_frame_the_preview_and_nobody_else_may(ada, client_of):
    client, version = client_of(ada), written(ada)

    editor = client.get(address("edit", ada, version))
    shown = client.get(address("preview", ada, version, number=1))

    assert "frame-src 'self'" in editor["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert shown["X-Frame-Options"] == "SAMEORIGIN"


def test_the_form_sends_back_what_it_was_given(ada, client_of):
    """What a browser would post from the form, unchanged, changes nothing."""
    client, version = client_of(ada), written(ada, "numeric")
    page = client.get(address("edit", ada, version)).context["form"]
    data = {"revision": page.draft.revision, "as": "fields"}
    for node in page.nodes():
        if node.widget == "several":
            data[node.name] = node.value or []
        elif node.widget in {"row", "check"}:
            data |= {node.name: "on"} if node.widget == "row" or node.value else {}
        elif node.widget not in {"rows", "map", "group"}:
            data[f"{node.name}:data" if node.widget == "data" else node.name] = node.text
        if node.key:
            data[f"{node.name}:key"] = node.key

    client.post(address("save", ada, version), data, headers={"HX-Request": "true"})

    version.draft.refresh_from_db()
    assert version.draft.text == page.draft.text


def test_a_save_of_the_form_is_kept_whatever_was_typed(ada, client_of):
    client, version = client_of(ada), drafting.create(ada, "single_choice", "Robust?")
    sent = {
        "revision": 1, "as": "fields", "kind": "single_choice", "title": "Robust?",
        "minutes": "a while", "prompt": "  $x\r\n ", "options.0.key": "a", "options.0": "",
    }  # fmt: skip

    response = client.post(address("save", ada, version), sent, headers={"HX-Request": "true"})

    fields = drafting.read(QuestionVersion.objects.get(pk=version.pk))
    assert fields["minutes"] == "a while"
    assert fields["prompt"] == "  $x\n "
    assert fields["options"] == [{"key": "a"}]
    assert "Write a whole number." in response.content.decode()
    assert 'id="revision" value="2"' in response.content.decode()


def test_a_save_on_top_of_another_ones_is_refused_with_both_texts(ada, bo, client_of):
    version = written(ada)
    drafting.save(bo, version, version.draft.text + "tags: [theirs]\n", 2)
    mine = {"revision": 2, "as": "text", "text": version.draft.text + "tags: [mine]\n"}

    response = client_of(ada).post(
        address("save", ada, version), mine, headers={"HX-Request": "true"}
    )

    text = response.content.decode()
    assert response.status_code == 409
    assert "Bo saved this draft" in text
    assert "<del>theirs</del><ins>mine</ins>" in text
    version.draft.refresh_from_db()
    assert "theirs" in version.draft.text
    again = client_of(ada).post(address("save", ada, version), {**mine, "revision": 3})
    assert again.status_code == 302
    version.draft.refresh_from_db()
    assert "mine" in version.draft.text


def test_a_conflict_without_scripts_keeps_what_was_typed_in_the_form(ada, bo, client_of):
    version = written(ada)
    drafting.save(bo, version, version.draft.text + "tags: [theirs]\n", 2)
    mine = {"revision": 2, "as": "text", "text": version.draft.text + "tags: [mine]\n"}

    response = client_of(ada).post(address("save", ada, version), mine)

    assert response.status_code == 409
    assert "tags: [mine]" in response.content.decode()
    assert 'name="revision" id="revision" value="3"' in response.content.decode()


def test_what_was_typed_after_it_went_to_review_is_given_back(ada, bo, client_of):
    version = written(ada)
    reviewing.send(bo, version)

    response = client_of(ada).post(
        address("save", ada, version),
        {"revision": 2, "as": "text", "text": "title: mine"},
        headers={"HX-Request": "true"},
    )

    assert response.status_code == 409
    assert "title: mine" in response.content.decode()


@pytest.mark.parametrize(
    ("wish", "keys"),
    [
        ("add:options", ["a", "c", "d", "b"]),
        ("remove:options.0", ["c", "d"]),
        ("down:options.0", ["c", "a", "d"]),
        ("up:options.2", ["a", "d", "c"]),
        ("up:options.0", ["a", "c", "d"]),
        ("down:options.2", ["a", "c", "d"]),
        ("remove:options.9", ["a", "c", "d"]),
        ("remove:options.x", ["a", "c", "d"]),
        ("add:nothing", ["a", "c", "d"]),
        ("up:title", ["a", "c", "d"]),
        ("add:options.0.text", ["a", "c", "d"]),
        ("nonsense", ["a", "c", "d"]),
    ],
)
def test_buttons_add_move_and_remove_rows(ada, client_of, wish, keys):
    version = written(ada)
    sent = {"revision": 2, "as": "fields", "kind": "single_choice", "do": wish}
    for index, option in enumerate(EVERY["single_choice"]["options"]):
        sent |= {f"options.{index}.{name}": option.get(name, "") for name in ("key", "text")}

    client_of(ada).post(address("save", ada, version), sent, headers={"HX-Request": "true"})

    fields = drafting.read(QuestionVersion.objects.get(pk=version.pk))
    assert [option["key"] for option in fields["options"]] == keys


def test_another_kind_keeps_what_it_does_not_know_until_it_is_dropped(ada, client_of):
    client, version = client_of(ada), written(ada)
    sent = {"revision": 2, "as": "fields", "kind": "open_text", "do": "kind", "title": "Robust?"}
    headers = {"HX-Request": "true"}

    response = client.post(address("save", ada, version), sent, headers=headers)
    fields = drafting.read(QuestionVersion.objects.get(pk=version.pk))
    assert "Left of another kind" in response.content.decode()
    assert len(fields["options"]) == 3
    assert [row["key"] for row in fields["rubric"]] == ["a", "b"]

    sent |= {"revision": 3, "do": "drop:options"}
    client.post(address("save", ada, version), sent, headers=headers)
    assert "options" not in drafting.read(QuestionVersion.objects.get(pk=version.pk))


def test_text_that_cannot_be_read_is_kept_and_the_line_is_named(ada, client_of):
    client, version = client_of(ada), written(ada)
    sent = {"revision": 2, "as": "text", "text": "title: [half\nprompt: x"}

    client.post(address("save", ada, version), sent)
    page = client.get(address("edit", ada, version)).content.decode()

    assert "title: [half" in page
    assert "Line 2" in page
    shown = client.get(address("preview", ada, version, number=1)).content.decode()
    assert "Nothing to show yet" in shown
    assert QuestionVersion.objects.get(pk=version.pk).title == "A question"


def test_half_a_question_is_previewed_as_far_as_it_goes(ada, client_of):
    version = drafting.create(ada, "single_choice", "Robust?")
    options = "options: [{key: a, text: Huber}, {}]"
    text = f"kind: single_choice\ntitle: Robust?\nprompt: Which one?\n{options}\n"
    drafting.save(ada, version, text, 1)

    shown = client_of(ada).get(address("preview", ada, version, number=1)).content.decode()

    assert "Which one?" in shown
    assert "Huber" in shown


def test_a_shared_question_is_copied_and_stays_as_it_is(ada, client_of):
    shared = make_shared("shared")

    response = client_of(ada).post(address("copy", ada, shared))

    copied = Question.objects.get(slug="shared-copy")
    assert copied.organisation == ada.organisation
    assert copied.copied_from == shared.question
    assert response["Location"] == address("edit", ada, copied.versions.get())
    assert shared.question.versions.count() == 1
    assert drafting.read(copied.versions.get()) == drafting.written(shared) | {
        "slug": "shared-copy"
    }


def test_a_second_copy_gets_a_name_of_its_own(ada):
    shared = make_shared("shared")

    slugs = [drafting.copy(ada, shared).question.slug for _ in range(3)]

    assert slugs == ["shared-copy", "shared-copy-2", "shared-copy-3"]


def test_a_shared_question_can_only_be_copied(ada, client_of):
    client, shared = client_of(ada), make_shared("shared")

    page = client.get(address("question", ada, shared)).content.decode()
    assert "Make a copy of your own" in page
    for name in ("edit", "save", "send", "publish", "send_back", "discard"):
        assert client.post(address(name, ada, shared)).status_code == 404


@pytest.mark.parametrize("count", [2, 60])
def test_the_page_of_a_question_takes_the_same_queries_however_old_it_is(
    ada, client_of, django_assert_num_queries, count
):
    version = written(ada)
    QuestionVersion.objects.bulk_create(
        QuestionVersion(
            question=version.question, number=number, kind=version.kind, title=f"Version {number}",
            content=version.content, status="published", published_at=timezone.now(),
        )
        for number in range(2, 2 + count)
    )  # fmt: skip
    newest = version.question.versions.latest("number")
    Comment.objects.bulk_create(
        Comment(version=newest, author=ada.user, text=f"Remark {number}") for number in range(count)
    )
    client = client_of(ada)
    client.get(address("question", ada, version))

    # Session, user, authors, question, version; what is shown of them; the frame.
    with django_assert_num_queries(23):
        response = client.get(address("question", ada, version))

    text = response.content.decode()
    assert len(response.context["versions"].object_list) == min(count + 1, 20)
    assert f"Remark {count - 1}" in text
    assert ("Earlier remarks" in text) is (count > 20)
