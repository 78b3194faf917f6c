"""The study files: complete, and wrong ones are named with line and field."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from jsonschema import Draft202012Validator

from questions import files, rows
from questions.checking import study
from questions.files import BadFile
from questions.study import guides, schemas

REGRESSION = guides.GUIDES / "regression.yaml"


@pytest.fixture(scope="module")
def entries():
    found = [files.read(path) for path in files.paths()]
    return [*found, *(rows.entry(fields) for fields in rows.questions())]


def changed(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the study files, to be spoiled."""
    (tmp_path / "study").mkdir()
    for path in guides.paths():
        (tmp_path / "study" / path.name).write_text(path.read_text())
    (tmp_path / "glossary.yaml").write_text(guides.GLOSSARY.read_text())
    monkeypatch.setattr(guides, "GUIDES", tmp_path / "study")
    monkeypatch.setattr(study, "GLOSSARY", tmp_path / "glossary.yaml")
    return tmp_path


def test_the_shipped_files_are_fine(entries):
    assert list(map(str, study.faults(entries))) == []


def test_every_tag_of_the_bank_is_a_word_of_the_glossary(entries):
    words = guides.glossary().values()
    names = {name for word in words for name in (word.slug, word.term, *word.also)}
    known = {name.casefold().replace("-", " ") for name in names}
    tags = {tag for entry in entries for tag in entry.fields.get("tags", ())}

    assert {tag for tag in tags if tag.casefold().replace("-", " ") not in known} == set()


def test_the_published_schemas_are_those_that_files_are_read_by():
    for path, schema in (
        (guides.GUIDES / "schema.json", schemas.GUIDE),
        (files.BANK / "glossary.schema.json", schemas.GLOSSARY),
    ):
        Draft202012Validator.check_schema(schema)
        assert json.loads(path.read_text()) == schema


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        ("regression", "topic: regression", "topic: regresion", "topic: The topic is one of"),
        ("regression", "losses: [quantile]", "losses: [quantil]", "There is no loss 'quantil'"),
        ("regression", "loss: huber", "loss: hubert", "picture.loss: There is no loss 'hubert'"),
        ("regression", "related: [robustness", "related: [robust", "There is no topic 'robust'"),
        ("regression", "terms: [residual", "terms: [residue", "no word in the glossary 'residue'"),
        ("regression", "price-and-rooms", "prize-and-rooms", "no question 'prize-and-rooms'"),
        ("regression", "price-and-rooms", "code-huber", "of the kind coding"),
        ("regression", "price-and-rooms", "stopped-on-the-test-set", "A role template asks"),
        ("regression", "$|e| = \\delta$", "$|e| = \\frac{\\delta$", "fraction of one part"),
        ("regression", "facts:", "fact:", "fact"),
        ("survival", "losses: [cox]", "losses: []", "when to choose the loss 'cox'"),
        ("survival", "loss-for-the-target, ", "", "There is no easy question"),
    ],
)  # fmt: skip
def test_a_spoiled_file_is_named(folder, entries, name, old, new, fault):
    changed(folder / "study" / f"{name}.yaml", old, new)

    assert any(fault in str(each) for each in study.faults(entries))


def test_a_missing_file_is_named(folder, entries):
    (folder / "study" / "vision.yaml").unlink()

    assert "vision.yaml:1: This topic has no study file: write it." in map(
        str, study.faults(entries)
    )


def test_a_fault_in_the_glossary_has_its_line(folder, entries):
    changed(folder / "glossary.yaml", "see: [metric, surrogate-loss]", "see: [metrics]")

    (fault,) = study.faults(entries)

    assert str(fault).startswith("glossary.yaml:9: terms.accuracy.see.0: There is no word")


def test_bank_check_looks_at_them(folder):
    (folder / "study" / "vision.yaml").unlink()
    told = StringIO()

    with pytest.raises(CommandError):
        call_command("bank", "check", stdout=StringIO(), stderr=told)

    assert told.getvalue() == "vision.yaml:1: This topic has no study file: write it.\n"


def test_a_file_that_is_no_guide_is_refused(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("topic: x\ncard: [1]\n")

    with pytest.raises(BadFile, match=r"x.yaml:2: card: "):
        guides.read(path, schemas.GUIDE)


def test_a_bad_file_keeps_no_other_page_away(folder, caplog):
    (folder / "study" / "vision.yaml").write_text("no: guide\n")
    guides.guides.cache_clear()
    try:
        assert "vision" not in guides.guides()
        assert "regression" in guides.guides()
    finally:
        guides.guides.cache_clear()
    assert "left out" in caplog.text
