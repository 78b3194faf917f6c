"""The pages of docs/tasks are what the rows of the catalogue say, and give nothing away."""

import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from grader.catalogue import CATALOGUE
from grader.families import Family
from grader.plan import make_plan
from script.pages import FOLDER, pages
from script.pages.__main__ import write
from script.pages.markdown import cell, text

SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {"svg", "style", "rect", "text", "line", "polyline"}
FENCED = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def made():
    return pages()


def test_the_committed_pages_are_those_of_the_rows(made):
    committed = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    stale = sorted(
        name for name in made.keys() | committed if made.get(name) != committed.get(name)
    )

    assert stale == [], "the rows say otherwise: run .venv/bin/python -m script.pages"


@pytest.mark.parametrize("task", CATALOGUE.values(), ids=list(CATALOGUE))
def test_a_page_holds_no_solution_right_or_wrong(made, task):
    page = made[f"{task.slug}.md"]

    assert "import numpy" not in page
    assert not re.search(r"^\s*(def|class|return) ", page, re.MULTILINE)
    assert len(FENCED.findall(page)) == len(task.examples)


@pytest.mark.parametrize("task", CATALOGUE.values(), ids=list(CATALOGUE))
def test_a_page_says_all_that_the_row_says(made, task):
    page = made[f"{task.slug}.md"]

    assert page.startswith(f"# {text(task.title)}\n")
    assert f"$$\n{task.formula}\n$$" in page
    for sentence in [task.sentence, task.domain, *task.rules, *(law.name for law in task.laws)]:
        assert text(sentence) in page
    for misconception in task.misconceptions:
        assert f"| {cell(misconception.name)} | {cell(misconception.sentence)} |" in page


def test_the_checks_of_a_page_are_those_of_a_plan(made):
    checks = make_plan(CATALOGUE["huber"], 7).checks
    (counted,) = re.findall(r"^\| gradients \| (\d+) \|", made["huber.md"], re.MULTILINE)

    assert int(counted) == sum(check.family is Family.GRADIENTS for check in checks)


def test_the_list_leads_to_every_page(made):
    links = re.findall(r"\]\(([\w-]+)\.md\)", made["index.md"])

    assert sorted(links) == list(CATALOGUE)


@pytest.mark.parametrize(
    ("task", "number"),
    [(task, i) for task in CATALOGUE.values() for i in range(1, len(task.curves) + 1)],
    ids=[f"{t.slug}-{i}" for t in CATALOGUE.values() for i in range(1, len(t.curves) + 1)],
)
def test_a_picture_is_plain_svg_with_its_lines_inside(made, task, number):
    name = f"{task.slug}-{number}.svg"
    root = ElementTree.fromstring(made[name])
    width, height = float(root.get("width")), float(root.get("height"))
    lines = root.findall(f"{SVG}polyline")

    assert f"]({name})" in made[f"{task.slug}.md"]
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == ELEMENTS
    for x, y in (point.split(",") for line in lines for point in line.get("points").split()):
        assert 0 <= float(x) <= width
        assert 0 <= float(y) <= height
    kinks, panels = task.curves[number - 1].kinks, len(root.findall(f"{SVG}text[@class='t']"))
    assert len(root.findall(f"{SVG}line[@class='k']")) == panels * len(kinks)


@pytest.mark.parametrize(
    ("sentence", "markdown"),
    [
        ("At |e| = delta", "At |e| = delta"),
        ("a < b and c > d", r"a \< b and c \> d"),
        ("2 * 3 * 4", r"2 \* 3 \* 4"),
        ("costs $1", r"costs \$1"),
        ("y[0] of [1, 2]", r"y\[0\] of \[1, 2\]"),
        ("`a * b` stays", "`a * b` stays"),
    ],
)
def test_signs_in_a_sentence_mean_nothing_but_themselves(sentence, markdown):
    assert text(sentence) == markdown


def test_a_bar_ends_no_column():
    assert cell("|e| and `|e|`") == r"\|e\| and `\|e\|`"


def test_writing_leaves_the_pages_and_nothing_else(tmp_path, monkeypatch, made):
    monkeypatch.setattr("script.pages.__main__.pages", lambda: made)
    (tmp_path / "a-task-of-old.md").touch()

    write(tmp_path)

    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == made


def test_the_command_writes_them_in_a_process_without_settings(tmp_path, made):
    command = "import sys, pathlib, script.pages.__main__ as m; m.main(pathlib.Path(sys.argv[1]))"

    subprocess.run(
        [sys.executable, "-c", command, str(tmp_path)],
        check=True, cwd=FOLDER.parent.parent, capture_output=True, timeout=60,
    )  # fmt: skip

    assert {path.name for path in tmp_path.iterdir()} == set(made)
