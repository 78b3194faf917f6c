import re

import pytest
from django.utils.translation import gettext_lazy

from grader.catalogue import CATALOGUE
from questions.rendering import (
    UnreadableFormula,
    formula,
    formula_parts,
    markdown,
    python,
)
from questions.templatetags.content import markdown as markdown_filter
from questions.templatetags.content import with_code


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<script>alert(1)</script>", id="script"),
        pytest.param("<img src=x onerror=alert(1)>", id="image with a handler"),
        pytest.param("[x](javascript:alert(1))", id="script in a link"),
        pytest.param("[x](data:text/html;base64,PHNjcmlwdD4=)", id="page in a link"),
        pytest.param("![x](https://elsewhere.example/pixel.png)", id="image from elsewhere"),
        pytest.param("$\\text{<script>alert(1)</script>}$", id="script in a formula"),
        pytest.param("$\\text{<img src=x onerror=alert(1)>}$", id="handler in a formula"),
        pytest.param("$\\href{javascript:alert(1)}{x}$", id="script in a formula's link"),
        pytest.param("```python\n</code></pre><script>alert(1)</script>\n```", id="end of code"),
        pytest.param('```x"><script>alert(1)</script>\nx\n```', id="name of a language"),
        pytest.param("<p style='position:fixed'>over everything</p>", id="style"),
    ],
)
def test_markdown_lets_nothing_run_and_nothing_load(text):
    html = markdown(text)

    assert not any(tag in html for tag in ("<script", "<img", "<iframe", "<style"))
    assert not any(f'="{scheme}:' in html for scheme in ("javascript", "data"))
    assert "<p style" not in html


def test_markdown_shows_raw_html_as_what_it_is():
    assert "&lt;b&gt;bold&lt;/b&gt;" in markdown("<b>bold</b>")


def test_markdown_keeps_links_that_lead_to_pages():
    html = markdown("[paper](https://example.org/huber)")

    assert 'href="https://example.org/huber"' in html
    assert 'rel="noopener noreferrer"' in html


def test_markdown_turns_formulas_into_mathml():
    html = markdown("Let $\\delta = 1$ and\n\n$$\\frac{1}{n}$$")

    assert "<mi>δ</mi>" in html
    assert 'display="inline"' in html
    assert 'display="block"' in html
    assert "<mfrac><mn>1</mn><mi>n</mi></mfrac>" in html.replace("<mrow>", "").replace(
        "</mrow>", ""
    )


def test_a_formula_has_its_text_as_its_name():
    html = markdown('$e^2 < \\text{"a"}$ and $\\frac{P}{1 - P}$')

    assert re.findall('<math aria-label="([^"]*)"', html) == [
        "e^2 &lt; &quot;a&quot;",
        "P/(1 \N{MINUS SIGN} P)",
    ]


def test_markdown_leaves_the_first_heading_to_the_page():
    assert "<h2>Title</h2>" in markdown("# Title")


def test_markdown_shows_a_formula_that_is_none_as_text():
    assert "<code>\\frac{</code>" in markdown("$\\frac{$")


def test_markdown_highlights_python_by_classes():
    assert '<span class="k">def</span>' in markdown("```python\ndef f(): pass\n```")


def test_formula_says_which_latex_it_cannot_read():
    with pytest.raises(UnreadableFormula, match="frac"):
        formula("\\frac{")


@pytest.mark.parametrize("task", CATALOGUE.values(), ids=CATALOGUE)
def test_every_formula_of_the_catalogue_is_readable(task):
    parts = formula_parts(task.formula)

    assert parts
    # A command that the converter does not know stands there as a word with its backslash.
    assert not [part for part in parts if "\\" in part]


@pytest.mark.parametrize(
    ("latex", "count"),
    [
        pytest.param("a = b", 1, id="one formula"),
        pytest.param("a = h(e), \\quad h(e) = e^2", 2, id="a formula and where"),
        pytest.param("a \\quad b \\quad c", 3, id="three"),
        pytest.param("\\begin{cases} a & \\quad b \\end{cases}", 1, id="inside an environment"),
        pytest.param("\\frac{a \\quad b}{c}", 1, id="inside braces"),
        pytest.param("a \\qquad b", 1, id="a wider space is no boundary"),
    ],
)
def test_formula_parts_are_split_where_latex_sets_them_apart(latex, count):
    assert len(formula_parts(latex)) == count


def test_python_escapes_what_a_candidate_wrote():
    html = python("x = '<script>alert(1)</script>'")

    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_python_numbers_every_line_and_keeps_empty_ones():
    html = python("\na = 1\n\nb = 2\n", line_numbers=True)

    assert html.count('class="linenos"') == 4


def test_with_code_marks_up_backticks_and_nothing_else():
    html = with_code("`grad` returned <b> and `x < 1`")

    assert html == "<code>grad</code> returned &lt;b&gt; and <code>x &lt; 1</code>"


def test_a_word_that_is_still_to_be_translated_is_rendered_like_any_other():
    assert markdown_filter(gettext_lazy("*none*")) == "<p><em>none</em></p>\n"
    assert with_code(gettext_lazy("`none`")) == "<code>none</code>"
