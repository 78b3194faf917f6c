import re

import pytest
from django.utils.html import strip_tags

from questions import rendering
from questions.boxes import boxed, boxes


def box(latex, block=True):
    return boxes(rendering.formula(latex, block=block))


@pytest.mark.parametrize(
    ("latex", "classes"),
    [
        pytest.param(r"\frac{1}{n}", ["frac", "over"], id="a fraction has a line"),
        pytest.param(r"\sum_{i=1}^{n} x", ["stack", "limit", "big"], id="a sum has its limits"),
        pytest.param(r"\sqrt{x + 1}", ["root"], id="a root has a roof"),
        pytest.param(r"\begin{cases} 1 & x \\ 2 & y \end{cases}", ["tall tall-2", "grid", "cell"],
                     id="a brace is as tall as its cases"),
        pytest.param(r"\left( \frac{a}{b} \right)", ["tall tall-2"], id="so are brackets"),
        pytest.param(r"\overline{ab}", ["bar"], id="a bar covers several letters"),
    ],
)  # fmt: skip
def test_what_stands_above_each_other_is_boxes(latex, classes):
    html = box(latex)

    for css in classes:
        assert f'class="{css}"' in html


def test_signs_and_operations_are_told_apart():
    assert box("-x = a - b").count('class="op"') == 1


def test_indices_and_powers_are_below_and_above():
    assert re.search(r"<sub>.*</sub>", box("y_i"))
    assert re.search(r"<sup>2</sup>", box("e^2"))


@pytest.mark.parametrize(
    ("latex", "sixths"),
    [(r"a\,b", 1), (r"a\;b", 2), (r"a\quad b", 6), (r"a\qquad b", 12), (r"a\!b", 0)],
)
def test_a_space_is_as_wide_as_was_asked_for(latex, sixths):
    assert box(latex).count('class="sixth"') == sixths


@pytest.mark.parametrize(
    ("latex", "sign"),
    [
        (r"\delta", "\U0001d6ff"), (r"\omega", "\U0001d714"), (r"\Gamma", "\U0001d6e4"),
        (r"\epsilon", "\U0001d716"), ("h", "\u210e"), ("z", "\U0001d467"), ("\\infty", "\u221e"),
    ],
)  # fmt: skip
def test_letters_slope_and_signs_do_not(latex, sign):
    assert strip_tags(box(latex)).strip() == sign


def test_accents_join_their_letter():
    assert "\u0302" in box(r"\hat{y}")


def test_the_text_of_a_formula_stays_in_its_order():
    said = strip_tags(box(r"h(e) = \frac{1}{2} e^2"))

    assert said.replace(" ", "") == "\u210e(\U0001d452)=12\U0001d4522"


def test_html_around_formulas_stays_as_it_is():
    html = rendering.markdown("A *loss* of $x < 1$ and `code`.")

    found = boxed(html)

    assert "<math" not in found
    assert "<em>loss</em>" in found
    assert "&lt;" in found


def test_a_formula_that_lacks_a_part_is_plain_text():
    assert strip_tags(boxes("<math><mfrac><mi>a</mi></mfrac></math>")).strip() == "a"
