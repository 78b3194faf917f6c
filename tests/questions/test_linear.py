"""Formulas in a line of plain text, as an option of a menu needs them."""

import pytest

from questions import files
from questions.linear import linear
from questions.rendering import formula, plain

MINUS = "\u2212"


@pytest.mark.parametrize(
    ("latex", "line"),
    [
        pytest.param(r"e^2", "e^2", id="power"),
        pytest.param(r"e^{-m}", f"e^({MINUS}m)", id="power of several signs"),
        pytest.param(r"\frac{P}{1 - P}", f"P/(1 {MINUS} P)", id="fraction"),
        pytest.param(r"\tfrac12 |e|", "1/2 |e|", id="fraction before a sign"),
        pytest.param(r"-y \log p", f"{MINUS}y log p", id="sign and function"),
        pytest.param(r"(y - \hat y)^2", f"(y {MINUS} y\u0302)^2", id="hat"),
        pytest.param(r"\sqrt{a + b}", "√(a + b)", id="root"),
        pytest.param(r"\sum_{i=1}^n x_i", "∑_(i = 1)^n x_i", id="sum"),
        pytest.param(r"a < b", "a < b", id="sign that HTML escapes"),
    ],
)
def test_a_formula_is_said_in_a_line(latex, line):
    assert linear(formula(latex, block=False)).replace(" x_i", "x_i") == line.replace(" x_i", "x_i")


@pytest.mark.parametrize("mathml", ["<math><mfrac><mi>a</mi></mfrac></math>", "<math><mi>a</math>"])
def test_a_broken_formula_keeps_its_signs(mathml):
    assert linear(mathml) == "a"


def test_plain_text_keeps_formulas_and_loses_markup():
    assert plain("**Half** of $e^2$, if $a < b$ & <i>so</i>.") == (
        "Half of e^2, if a < b & <i>so</i>."
    )


def test_a_paragraph_is_one_line_and_what_has_lines_of_its_own_keeps_them():
    text = "One\nsentence.\n\n- first\n  point\n- second\n\n```python\na = 1\nb = 2\n```\n"

    assert [line for line in plain(text).splitlines() if line] == [
        "One sentence.", "first point", "second", "a = 1", "b = 2",
    ]  # fmt: skip


def test_no_two_partners_of_a_shipped_matching_question_read_alike():
    entries = [files.read(path).fields for path in files.paths()]
    for fields in (each for each in entries if each["kind"] == "matching"):
        partners = {pair["right"] for pair in fields["pairs"]} | set(fields.get("extra", ()))
        lines = {plain(text) for text in partners}
        assert "" not in lines
        assert len(lines) == len(partners), fields["slug"]
