"""What is imported is a draft, the whole file or none of it, and what is asked stays as it is."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from questions.actions import load_entry
from questions.files import Entry
from questions.interchange import FORMATS, converting
from questions.models import Question, QuestionVersion
from tests.questions.contents import EVERY, fields_of

pytestmark = pytest.mark.django_db
GIFT = "::Mean::[markdown]What minimises *squares*? {=mean#Yes. ~median ~mode}\n"


def bank(*arguments, **options):
    out, err = StringIO(), StringIO()
    try:
        call_command("bank", *map(str, arguments), stdout=out, stderr=err, **options)
    except CommandError as error:
        return out.getvalue().splitlines(), [*err.getvalue().splitlines(), str(error)]
    return out.getvalue().splitlines(), err.getvalue().splitlines()


def load(**changes):
    load_entry(Entry({**fields_of("single_choice"), **changes}))


def versions():
    found = QuestionVersion.objects.order_by("question__slug", "number")
    return [(version.question.slug, version.number, version.status) for version in found]


@pytest.fixture
def file(tmp_path):
    def write(content=GIFT, name="questions.gift"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def exported(form, *fields):
    return converting.write(FORMATS[form], fields).data


def test_an_imported_question_is_a_draft_and_tells_what_it_lacks(file):
    out, err = bank("import", file())

    assert out[0] == "mean (line 1): a new draft"
    assert "  to do before it can be published: official_answer: '' should be non-empty." in out
    assert out[-1] == "Imported: 1 a new draft"
    assert err == []
    assert versions() == [("mean", 1, "draft")]
    assert QuestionVersion.objects.get().content["prompt"] == "What minimises *squares*?"


def test_importing_again_changes_nothing(file):
    bank("import", file())

    assert bank("import", file())[0][-1] == "Imported: 1 here already, word by word"
    assert versions() == [("mean", 1, "draft")]


def test_a_dry_run_tells_all_and_stores_nothing(file):
    out, _ = bank("import", file(), dry_run=True)

    assert out[-1] == "Would import: 1 a new draft"
    assert not Question.objects.exists()


@pytest.mark.parametrize("form", FORMATS)
def test_a_question_that_is_here_already_gets_a_draft_beside_what_is_asked(file, form):
    load()
    data = exported(form, fields_of("single_choice", prompt="Which?", topics=["vision"], minutes=9))

    out, _ = bank("import", file(data))

    assert out[1] == "  It stays sorted as it is here: topics, roles, difficulty, tags."
    assert versions() == [("q", 1, "published"), ("q", 2, "draft")]
    question = Question.objects.get()
    assert question.minutes == 2
    assert [topic.slug for topic in question.topics.order_by("slug")] == [
        "regression",
        "robustness",
    ]
    assert QuestionVersion.objects.latest_of("q").number == 1


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("kind", EVERY)
def test_what_is_exported_and_imported_here_is_no_change(file, tmp_path, kind, form):
    if form == "gift" and kind in ("coding", "plot_reading"):
        return
    load_entry(Entry(fields_of(kind)))
    path = tmp_path / "out"

    bank("export", path, format=form)
    out, err = bank("import", path)

    assert out[-1] == "Imported: 1 here already, word by word"
    assert err == []
    assert versions() == [("q", 1, "published")]


def test_another_question_of_the_same_title_is_refused(file):
    bank("import", file())

    _, err = bank("import", file(GIFT.replace("squares", "cubes")))

    assert err[0].startswith("mean (line 1): Another question is called 'mean' already")
    assert versions() == [("mean", 1, "draft")]


def test_a_question_of_another_kind_under_the_same_identifier_is_refused(file):
    load()

    _, err = bank("import", file(exported("moodle", fields_of("ordering"))))

    assert "'q' is here already, and of the kind single_choice" in err[0]
    assert versions() == [("q", 1, "published")]


def test_unknown_topics_are_listed_and_left_out(file):
    data = exported("moodle", fields_of("ordering")).replace(b"topic:regression", b"topic:cooking")

    out, _ = bank("import", file(data))

    assert "  The topic 'cooking' is not known here." in out
    assert [topic.slug for topic in Question.objects.get().topics.all()] == ["robustness"]


def test_what_is_refused_is_listed_and_others_come_in(file):
    out, err = bank("import", file(f"{GIFT}\nText alone.\n"))

    assert err[0].startswith("Text alone. (line 3): It has no answers in braces")
    assert out[-1] == "Imported: 1 a new draft"
    assert versions() == [("mean", 1, "draft")]


def test_nothing_of_a_broken_file_comes_in(file):
    _, err = bank("import", file(GIFT.encode() + b"\n\xff {}\n"))

    assert "questions.gift, line 3: Byte 0xff is no UTF-8" in err[0]
    assert "Nothing was imported." in err[0]
    assert not Question.objects.exists()


def test_a_fault_in_the_middle_leaves_nothing_behind(file, monkeypatch):
    def bulk_create(*values):
        raise RuntimeError("The power is gone.")

    monkeypatch.setattr(QuestionVersion.objects, "bulk_create", bulk_create)

    with pytest.raises(RuntimeError, match="power"):
        call_command("bank", "import", str(file(GIFT + "\n" + GIFT.replace("Mean", "Two"))))
    assert not Question.objects.exists()


@pytest.mark.parametrize("form", FORMATS)
def test_named_questions_are_exported_alone(tmp_path, form):
    load()
    load(slug="other", title="Other")

    out, _ = bank("export", "--format", form, tmp_path / "out", "other")

    assert out[-1] == f"Exported: 1 questions to {tmp_path / 'out'}"
    (found,) = converting.read(FORMATS[form], (tmp_path / "out").read_bytes()).questions
    assert found.slug == "other"


def test_a_question_that_is_not_there_is_not_exported(tmp_path):
    _, err = bank("export", tmp_path / "out", "nothing", format="gift")

    assert err == ["There is no question called nothing."]
    assert not (tmp_path / "out").exists()


def test_export_tells_what_is_lost_and_what_is_left_out(tmp_path):
    load()
    load_entry(Entry(fields_of("coding", slug="c")))

    out, err = bank("export", tmp_path / "out", format="gift")

    assert out[0].startswith("q: GIFT does not say, or says otherwise: ")
    assert "misconception of options" in out[0]
    assert err[0] == "c: GIFT has no questions that ask for code. It is left out."


def test_the_draws_of_a_parameterised_question_come_home_as_one(file):
    out, _ = bank("import", file(exported("moodle", fields_of("numeric"))))

    assert out == ["q (line 8): a new draft", "Imported: 1 a new draft"]
    assert versions() == [("q", 1, "draft")]
    assert "parameters" in QuestionVersion.objects.get().content
