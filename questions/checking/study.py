"""Checks of the study files: their schemas, their formulas, and all that they name."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from grader.catalogue import CATALOGUE
from questions.checking import formulas
from questions.files import DIFFICULTIES, BadFile, Entry, Fault, topics
from questions.role_templates import shipped
from questions.study import schemas
from questions.study.guides import GLOSSARY, GUIDES, Sheet, paths, read
from questions.study.review import SHOWN

# Shown as plain text.
PLAIN = {"question", "term", "source", "sources", "also"}


def faults(entries: Collection[Entry]) -> list[Fault]:
    """Return what is wrong in the study files, with `entries` as the questions that there are."""
    found: list[Fault] = []
    guides = [sheet for path in paths() for sheet in _sheet(path, schemas.GUIDE, found)]
    glossaries = list(_sheet(GLOSSARY, schemas.GLOSSARY, found))
    terms = {slug for sheet in glossaries for slug in sheet.fields["terms"]}
    for sheet in guides:
        found += _guide(sheet, terms, {entry.slug: entry.fields for entry in entries})
    for sheet in glossaries:
        found += _glossary(sheet, terms)
    return [*found, *_missing(guides)]


def _sheet(path: Path, schema: Mapping[str, Any], found: list[Fault]) -> Iterator[Sheet]:
    try:
        yield read(path, schema)
    except BadFile as bad:
        found += bad.faults


def _guide(
    sheet: Sheet, terms: Collection[str], questions: Mapping[str, Mapping[str, Any]]
) -> Iterator[Fault]:
    guide = sheet.fields
    if guide["topic"] != sheet.path.stem or guide["topic"] not in topics():
        yield sheet.fault(["topic"], "The topic is one of topics.yaml, and the file is called so.")
    yield from _unknown(sheet, ["related"], guide["related"], topics(), "topic")
    yield from _unknown(sheet, ["terms"], guide["terms"], terms, "word in the glossary")
    if (slug := guide["picture"]["loss"]) not in CATALOGUE:
        yield sheet.fault(["picture", "loss"], f"There is no loss {slug!r}: mend or drop it.")
    for index, choice in enumerate(guide["choices"]):
        place = ["choices", index, "losses"]
        yield from _unknown(sheet, place, choice.get("losses", ()), CATALOGUE, "loss")
    yield from _review(sheet, questions)
    yield from _formulas(sheet)


def _review(sheet: Sheet, questions: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    slugs = sheet.fields["review"]
    yield from _unknown(sheet, ["review"], slugs, questions, "question")
    known = [(i, questions[slug]) for i, slug in enumerate(slugs) if slug in questions]
    for index, fields in known:
        if fields["kind"] not in SHOWN:
            sentence = f"A study page can't show a question of the kind {fields['kind']}."
            yield sheet.fault(["review", index], sentence)
    asked = {item.question for each in shipped().values() for item in each.items}
    for index, slug in enumerate(slugs):
        if slug in asked:
            sentence = f"A role template asks {slug!r}: it can't be offered to everybody as well."
            yield sheet.fault(["review", index], sentence)
    for level in DIFFICULTIES.keys() - {fields["difficulty"] for _, fields in known}:
        yield sheet.fault(["review"], f"There is no {level} question: offer one.")


def _glossary(sheet: Sheet, terms: Collection[str]) -> Iterator[Fault]:
    for slug, fields in sheet.fields["terms"].items():
        place = ["terms", slug]
        for name, known, what in (
            ("topics", topics(), "topic"),
            ("losses", CATALOGUE, "loss"),
            ("see", terms, "word in the glossary"),
        ):
            yield from _unknown(sheet, [*place, name], fields.get(name, ()), known, what)
    yield from _formulas(sheet)


def _unknown(
    sheet: Sheet, place: list[Any], slugs: Collection[str], known: Collection[str], what: str
) -> Iterator[Fault]:
    for index, slug in enumerate(slugs):
        if slug not in known:
            yield sheet.fault([*place, index], f"There is no {what} {slug!r}: mend or drop it.")


def _formulas(sheet: Sheet) -> Iterator[Fault]:
    for field, text in formulas.texts(dict(sheet.fields)):
        if PLAIN.isdisjoint(field):
            yield from (sheet.fault(field, sentence) for sentence in formulas.faults_in(text))


def _missing(guides: Collection[Sheet]) -> Iterator[Fault]:
    """Every topic has its guide, and some guide says of every loss when to choose it."""
    for topic in topics().keys() - {sheet.path.stem for sheet in guides}:
        yield Fault(GUIDES / f"{topic}.yaml", 1, "", "This topic has no study file: write it.")
    choices = [choice for sheet in guides for choice in sheet.fields["choices"]]
    named = {slug for choice in choices for slug in choice.get("losses", ())}
    for slug in sorted(CATALOGUE.keys() - named):
        yield Fault(GUIDES, 1, "choices", f"No guide says when to choose the loss {slug!r}.")
