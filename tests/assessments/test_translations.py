"""The catalogues: whole, as compiled as they are written; and no text is left out of them."""

import ast
import gettext
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.template.base import Lexer, TokenType

ROOT = Path(__file__).parent.parent.parent
LOCALE = ROOT / "assessments" / "locale"
LANGUAGES = sorted(path.name for path in LOCALE.iterdir())
DOMAINS = ["django", "djangojs"]
CATALOGUES = [
    pytest.param(lang, name, id=f"{lang} {name}") for lang in LANGUAGES for name in DOMAINS
]
gnu_gettext = pytest.mark.skipif(not shutil.which("msgfmt"), reason="there is no GNU gettext")

TEMPLATES = ROOT / "assessments" / "candidate" / "templates"
REPORT = ROOT / "assessments/recruiter/templates/recruiter/report"
CONFIG = ROOT / "config" / "templates"
# Right answers, which candidates see as reviewers do.
SHARED = [
    *("choice", "entered", "matched", "matching", "multiple_choice", "numeric", "open_text"),
    *("option", "order", "ordering", "plot", "plot_reading", "short_text", "single_choice"),
    "true_false",
]
EMAILS = ROOT / "assessments" / "templates" / "email"
# The desk is English.
TO_MEMBERS = {"member.txt", "webhook_off.txt", "hiring_failed.txt", "preview_over.html"}
PAGES = [
    *(path for path in TEMPLATES.rglob("*.html") if path.name not in TO_MEMBERS),
    *(path for path in EMAILS.iterdir() if path.name not in TO_MEMBERS),
    *(ROOT / "assessments" / "templates" / "report").iterdir(),
    *(REPORT / f"{name}.html" for name in SHARED),
    *(CONFIG / "components").iterdir(),
    *(CONFIG / name for name in ("base.html", "error.html", "404.html", "500.html")),
    CONFIG / "403_csrf.html",
]
# Names, units, and what the grader's own sentence goes on with.
SAME_IN_EVERY_LANGUAGE = {"Minima", "Python", "UTC", "min", "returns"}
NAMED = r'\s(?:aria-label|title|placeholder|alt|label|data-announced)\s*=\s*"([^"]*)"'
# Arguments of tags that are shown.
SHOWN = re.compile(
    r'(?:\b(?:title|lead|text|label|hint|again|pretitle|value)=|default:|yesno:)"([^"]*)"'
)


def compiled(path):
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)._catalog


def catalogue(language, domain):
    return LOCALE / language / "LC_MESSAGES" / f"{domain}.po"


def test_each_language_has_catalogues():
    assert {"en", *LANGUAGES} == {code for code, _ in settings.LANGUAGES}
    for language in LANGUAGES:
        for domain in DOMAINS:
            assert catalogue(language, domain).with_suffix(".mo").exists()


@gnu_gettext
@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
def test_what_is_compiled_is_what_is_written(language, domain, tmp_path):
    written = catalogue(language, domain)
    subprocess.run(["msgfmt", "--check", "-o", tmp_path / "new.mo", written], check=True)

    assert compiled(written.with_suffix(".mo")) == compiled(tmp_path / "new.mo")


@pytest.fixture(scope="module")
def extracted(tmp_path_factory):
    """A copy of the sources in which everything was extracted anew."""
    copy = tmp_path_factory.mktemp("extracted") / "minima"
    left_out = shutil.ignore_patterns(
        *(
            ".git",
            ".venv",
            "var",
            "node_modules",
            "dist",
            "tests",
            "bank",
            "__pycache__",
            ".*_cache",
        )
    )
    copy.mkdir()
    for name in ("assessments", "config", "questions", "grader", "frontend", "script"):
        shutil.copytree(ROOT / name, copy / name, ignore=left_out)
    shutil.copy(ROOT / "manage.py", copy)
    (copy / ".venv").symlink_to(ROOT / ".venv")
    command = ["bash", "-c", f". script/setup/extract.sh; extract_sentences {' '.join(LANGUAGES)}"]
    settings_of_copy = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    subprocess.run(command, cwd=copy, env=settings_of_copy, check=True, timeout=120)
    return copy / "assessments" / "locale"


@gnu_gettext
@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
@pytest.mark.parametrize("lacking", ["--untranslated", "--only-fuzzy", "--only-obsolete"])
def test_every_sentence_is_translated_and_none_is_left_over(extracted, language, domain, lacking):
    path = extracted / language / "LC_MESSAGES" / f"{domain}.po"

    found = subprocess.run(
        ["msgattrib", lacking, "--no-wrap", path], check=True, capture_output=True, text=True
    )

    assert found.stdout == "", "Run script/translations, and translate what it finds."


@gnu_gettext
@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
def test_no_sentence_has_gone_from_the_sources(extracted, language, domain, tmp_path):
    anew = extracted / language / "LC_MESSAGES" / f"{domain}.po"
    subprocess.run(["msgfmt", "-o", tmp_path / "anew.mo", anew], check=True)

    assert (
        compiled(tmp_path / "anew.mo").keys()
        == compiled(catalogue(language, domain).with_suffix(".mo")).keys()
    )


def handed_over(path):
    """Every text that a module hands to gettext, as it is written there."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and name_of(node) in TRANSLATED:
            texts = [each for each in node.args if isinstance(each, ast.Constant)]
            yield from (each.value for each in texts if isinstance(each.value, str))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_python_hands_over_was_found(language):
    """A call within an f-string would escape those who extract."""
    known = compiled(catalogue(language, "django").with_suffix(".mo"))
    told = {key[0] if isinstance(key, tuple) else key.rpartition("\x04")[2] for key in known}
    plurals = re.compile(r'msgid_plural "(.*)"').findall(
        catalogue(language, "django").read_text().replace('\\"', '"')
    )
    for path in [*ROOT.glob("assessments/**/*.py"), *ROOT.glob("questions/**/*.py")]:
        missing = set(handed_over(path)) - told - set(plurals) - {"moment"}
        assert missing == set(), path


def places(text):
    """What a translation has to keep: placeholders and elements, each with how often."""
    return sorted(re.findall(r"%\(\w+\)[sd]|</?\w+[^>]*>|\*\*", text))


@pytest.mark.parametrize(("language", "domain"), CATALOGUES)
def test_translations_keep_every_placeholder_and_element(language, domain):
    for key, said in compiled(catalogue(language, domain).with_suffix(".mo")).items():
        message = key[0] if isinstance(key, tuple) else key
        if not message:
            continue
        text = message.rpartition("\x04")[2]
        if isinstance(key, tuple):  # a plural, which may name a number that the singular need not
            assert set(places(said)) >= set(places(text)), text
        else:
            assert places(said) == places(text), text
        assert said.strip(), text
        # The word that begins an attribute's value must not end it.
        assert ('"' in said) <= ('"' in text), said


# Nothing is left out ------------------------------------------------------------------------------


def texts_of(path):
    """What a template shows as it stands, and was not handed to gettext."""
    source = re.sub(r"{#.*?#}", "", path.read_text())
    shown, inside = [], False
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.BLOCK:
            name = token.contents.split()[0]
            inside = name in ("blocktranslate", "plural") or (
                inside and name != "endblocktranslate"
            )
            if name != "translate":
                yield from SHOWN.findall(token.contents)
        elif token.token_type == TokenType.VAR:
            yield from SHOWN.findall(token.contents)
            shown.append("0")
        elif not inside:
            shown.append(token.contents)
    page = re.sub(r"<(script|style|svg)\b.*?</\1>|<!doctype[^>]*>", " ", "".join(shown), flags=re.S)
    yield from re.findall(NAMED, page)
    bare = re.sub(r"<kbd>.*?</kbd>|<code>.*?</code>|<[^>]*>|&\w+;", " ", page)
    # What is left of a template that is part of an element.
    yield re.sub(r'[\w-]+="[^"]*"|\b(data|hx)-[\w-]+', " ", bare)


def words_in(text):
    return [
        word for word in re.findall(r"[A-Za-z]{2,}", text) if word not in SAME_IN_EVERY_LANGUAGE
    ]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_has_no_words_of_its_own(path):
    names = re.compile(r"yes,no|true,false|en|[\w-]+[-/.][\w/.-]+")
    values = [text for text in texts_of(path) if not names.fullmatch(text)]
    assert [word for text in values for word in words_in(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "<p>Left out.</p>",
        '<a aria-label="Left out">{{ x }}</a>',
        '{% include "a.html" with label="Left out" %}',
        '{{ x|default:"left out" }}',
        "{% blocktranslate %}Said.{% endblocktranslate %} Left out",
    ],
)
def test_a_word_that_is_left_out_is_found(tmp_path, text):
    page = tmp_path / "page.html"
    page.write_text(f'{{% translate "Said." %}}<span class="card">{text}</span>')

    assert [word.lower() for found in texts_of(page) for word in words_in(found)] == ["left", "out"]


ACTIONS = ROOT / "assessments" / "actions"
CANDIDATE = ROOT / "assessments" / "candidate"
MODULES = [
    *(path for path in CANDIDATE.glob("*.py") if path.name != "preview.py"),
    *(ROOT / "questions" / "kinds").glob("*.py"),
    *(ACTIONS / f"{name}.py" for name in ("breaks", "coding", "declaring", "locking", "observing")),
    *(ACTIONS / f"{name}.py" for name in ("practising", "rating", "reporting", "requesting")),
    *(ACTIONS / f"{name}.py" for name in ("sections", "sitting", "tabs", "turns")),
    ROOT / "assessments" / "endings.py",
    ROOT / "assessments" / "curve_charts.py",
    ROOT / "assessments" / "templatetags" / "sitting.py",
]
TRANSLATED = {
    "_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "pgettext",
    "pgettext_lazy",
}
# Of requests that no page sends: their sender reads a log, and no person a page.
FOR_MACHINES = {"Unreadable", "JsonResponse", "AssertionError"}
# Said to members at the desk.
FOR_MEMBERS = {"AlreadyAnswered", "NotPublished", "SandboxFault"}


def name_of(call):
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def sentences(node):
    """Every text of a module that somebody might read, with its line; no docstring."""
    if isinstance(node, ast.Call) and name_of(node) in TRANSLATED | FOR_MACHINES | FOR_MEMBERS:
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if re.match(r"[A-Z“].* .*[.:?…”]$", node.value, re.S):
            yield node.lineno, node.value
        return
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
            yield from sentences(child)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_has_no_sentence_of_its_own(path):
    schemas = re.compile(r'"description": |FieldFault|yield "|found\.append|return \[?\(')
    lines = path.read_text().splitlines()
    found = [
        (line, text)
        for line, text in sentences(ast.parse(path.read_text()))
        if "kinds" not in path.parts or "raise " in lines[line - 1]
    ]
    assert [each for each in found if not schemas.search(lines[each[0] - 1])] == []
