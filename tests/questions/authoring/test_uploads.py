"""How a file gets here: bounded while it comes, read by a worker, seen by nobody else."""

from io import BytesIO

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from questions.authoring import importing
from questions.authoring.views import importing as views
from questions.interchange import converting
from questions.models import Import, ImportedQuestion, Question
from questions.models.importing import KEPT, PATIENCE
from questions.tasks import forget_imports, read_import
from tests.questions.authoring.uploads import GIFT, at, upload


@pytest.fixture
def sent(monkeypatch):
    """What is sent to the queue: (name, arguments)."""
    found = []

    class Message:
        def __init__(self, name, args):
            self.content = (name, args)

        def apply_async(self, **options):
            found.append((*self.content, options))

    monkeypatch.setattr(importing, "signature", Message)
    return found


def test_a_file_is_read_by_a_worker_alone(
    ada, client_of, sent, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(converting, "read", pytest.fail)
    file = SimpleUploadedFile("ours.gift", GIFT.encode())

    with django_capture_on_commit_callbacks(execute=True):
        response = client_of(ada).post(at("import_new", ada), {"file": file})

    kept = Import.objects.get()
    assert response["Location"] == at("import", ada, kept.pk)
    assert sent == [("questions.tasks.read_import", (kept.pk,), {"queue": "default"})]
    assert (kept.name, kept.format, kept.by) == ("ours.gift", "gift", ada.user)
    assert "is being read" in client_of(ada).get(response["Location"]).content.decode()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.xml", b"<quiz><question></quiz>", "line 1"),
        ("a.xml", b'<!DOCTYPE q [<!ENTITY a "b">]><quiz>&a;</quiz>', "DOCTYPE"),
        ("a.gift", b"::A::B {=C}\n\n\xff {}\n", "line 3: Byte 0xff is no UTF-8"),
        ("a.gift", b"", "no question"),
        ("a.zip", b"PK\x03\x04 and no more", "zip"),
    ],
    ids=["broken markup", "entities", "encoding", "empty", "damaged zip"],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_place(ada, client_of, name, data, said):
    kept = upload(ada, data, name)

    page = client_of(ada).get(at("import", ada, kept.pk)).content.decode()

    assert said in kept.problem
    assert "nothing was imported" in page
    assert not kept.questions.exists()
    assert client_of(ada).post(at("import_store", ada, kept.pk)).status_code == 302
    assert not Question.objects.exists()


def test_a_mistake_of_ours_is_told_as_such(ada, client_of, monkeypatch, caplog):
    monkeypatch.setattr(converting, "read", lambda form, data: 1 / 0)

    kept = upload(ada, GIFT)

    assert "mistake of ours" in kept.problem
    assert "ZeroDivisionError" in caplog.text


def test_characters_that_no_database_keeps_do_no_harm(ada):
    kept = upload(ada, b"<quiz><question type='strange'/></quiz>", "a\x00\x1f.xml")

    assert kept.name == "a\ufffd\ufffd.xml"
    assert kept.questions.get().outcome == "refused"


def test_reading_twice_keeps_each_question_once(ada):
    kept = importing.upload(ada, "a", "", GIFT.encode())

    for _ in range(2):
        read_import(kept.pk)

    assert ImportedQuestion.objects.count() == 1
    assert bytes(Import.objects.get().data or b"") == b""


def test_what_nobody_reads_can_be_asked_for_again(
    ada, client_of, sent, django_capture_on_commit_callbacks
):
    kept = importing.upload(ada, "a", "", GIFT.encode())
    client = client_of(ada)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(at("import_again", ada, kept.pk))
    assert sent == []
    Import.objects.update(asked_at=timezone.now() - 2 * PATIENCE)

    page = client.get(at("import", ada, kept.pk)).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(at("import_again", ada, kept.pk))

    assert "Ask again" in page
    assert [args for _, args, _ in sent] == [(kept.pk,)]


def test_old_files_are_forgotten_and_what_came_in_stays(ada):
    importing.store(ada, upload(ada, GIFT, "old").pk)
    Import.objects.update(uploaded_at=timezone.now() - 2 * KEPT)
    importing.upload(ada, "new", "", GIFT.encode())

    forget_imports()

    assert [each.name for each in Import.objects.all()] == ["new"]
    assert Question.objects.count() == 1


def test_the_night_forgets_them():
    named = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert forget_imports.name in named


def test_a_file_can_be_thrown_away(ada, client_of):
    kept = upload(ada, GIFT)

    client_of(ada).post(at("import_discard", ada, kept.pk))

    assert not Import.objects.exists()
    assert not Question.objects.exists()


def test_a_file_that_is_too_large_is_refused_while_it_comes(ada, client_of, monkeypatch):
    monkeypatch.setattr(views, "MAX_BYTES", 100_000)

    response = client_of(ada).post(
        at("import_new", ada), {"file": BytesIO(b"x" * 300_000), "format": ""}
    )

    assert response.status_code == 422
    assert "larger than" in response.content.decode()
    assert not Import.objects.exists()


def test_a_body_without_end_is_not_read_at_all(ada, client_of, monkeypatch):
    monkeypatch.setattr(views, "MAX_BYTES", 1_000)

    response = client_of(ada).post(at("import_new", ada), {"file": BytesIO(b"x" * 300_000)})

    assert response.status_code == 400


def test_an_upload_without_the_token_of_its_page_is_refused(ada):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada.user)

    response = client.post(at("import_new", ada), {"file": BytesIO(GIFT.encode())})

    assert response.status_code == 403
    assert not Import.objects.exists()


def test_no_file_is_said_so(ada, client_of):
    response = client_of(ada).post(at("import_new", ada), {"format": "gift"})

    assert response.status_code == 422
    assert "Choose a file." in response.content.decode()


def every_address(author, pk):
    gets = [("import", pk), ("import_question", pk, 1), ("import_preview", pk, 1)]
    posts = [("import_store", pk), ("import_discard", pk), ("import_again", pk)]
    found = [("get", at(name, author, *numbers)) for name, *numbers in gets]
    return found + [("post", at(name, author, *numbers)) for name, *numbers in posts]


def test_files_of_another_organisation_are_a_404(ada, eve, client_of):
    kept = upload(ada, GIFT)
    client = client_of(eve)

    for author in (ada, eve):
        for method, address in every_address(author, kept.pk):
            assert getattr(client, method)(address).status_code == 404, address
    assert client.get(at("import_new", ada)).status_code == 404
    assert Import.objects.exists()


def test_who_may_not_write_sees_no_import(acme, ada):
    client = Client()
    client.force_login(acme.members.get(user=ada.user).user)
    acme.members.update(role="recruiter")

    assert client.get(at("import_new", ada)).status_code == 404
