"""HTML of other programs becomes our Markdown, and formulas stay themselves."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from questions import files
from questions.checking.formulas import MARKDOWN, texts
from questions.interchange import bodies
from questions.interchange.remarks import Refused
from questions.rendering import markdown as page


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        pytest.param(r"<p>\(\nabla L\)</p>", r"$\nabla L$", id="MathJax inline"),
        pytest.param(r"<p>\[\sum_i x_i\]</p>", r"$$\sum_i x_i$$", id="MathJax block"),
        pytest.param(r"$\nabla L=\frac{1}{N}$", r"$\nabla L=\frac{1}{N}$", id="dollars"),
        pytest.param("$a<b$ and <b>c</b>", "$a<b$ and **c**", id="a < in a formula"),
        pytest.param("x<y and z>w", r"x\<y and z\>w", id="a < in a sentence"),
        pytest.param("costs $5 or $6", r"costs \$5 or \$6", id="sums of money"),
        pytest.param("$5-$6", r"\$5-\$6", id="a range of money"),
        pytest.param("a_b * c", r"a\_b \* c", id="signs of Markdown"),
        pytest.param("<p>1. no list</p>", r"1\. no list", id="no list"),
        pytest.param("<p># no title</p>", r"\# no title", id="no title"),
        pytest.param("<p>0.5 nats</p>", "0.5 nats", id="a number begins no list"),
        pytest.param("<p>a<br>b</p>", "a\\\nb", id="a new line"),
        pytest.param("<ul><li>a</li><li>b</li></ul>", "- a\n- b", id="a list"),
        pytest.param("<pre><code class='language-python'>x = '$1'\n</code></pre>",
                     "```python\nx = '$1'\n```", id="code keeps its dollars"),
        pytest.param("<code>a`b</code>", "``a`b``", id="a backtick in code"),
        pytest.param("<i>a</i> <strong>b</strong>", "*a* **b**", id="emphasis"),
        pytest.param("<b>a.</b>b", "a.b", id="emphasis that Markdown cannot say is dropped"),
        pytest.param("<script>alert(1)</script>ok", "ok", id="a script"),
        pytest.param("<a href='javascript:x()'>l</a>", "l", id="a link that runs"),
        pytest.param("<a href='https://a.b/c'>l</a>", "[l](https://a.b/c)", id="a link"),
        pytest.param("x<sub>1</sub>", "x$_{1}$", id="an index"),
        pytest.param("", "", id="nothing"),
    ],
)  # fmt: skip
def test_html_becomes_markdown(html, markdown):
    assert bodies.markdown(html) == markdown


@pytest.mark.parametrize(
    ("html", "remark"),
    [
        ("<img src='x.png' alt='A curve'>", "A picture is not kept: A curve."),
        ("<video src='x'></video>", "A video is not kept."),
        ("<iframe src='https://a.b'></iframe>", "A page is not kept."),
        ("<math><mi>x</mi></math>", "A formula in MathML is not kept: x."),
    ],
)
def test_what_a_text_cannot_hold_is_named(html, remark):
    body = bodies.read(f"<p>See {html}.</p>")

    assert body.remarks == [remark]
    assert body.markdown.startswith(r"See \[")


def test_mathml_that_carries_tex_is_a_formula():
    tex = '<annotation encoding="application/x-tex">x^2</annotation>'

    assert bodies.markdown(f"<math><semantics><mi>x</mi>{tex}</semantics></math>") == "$x^2$"


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        (r"$\{x\}$ and `$y$`", r"<p>\(\{x\}\) and <code>$y$</code></p>"),
        (r"\$5 and \\(", r"<p><span>$</span>5 and <span>\</span>(</p>"),
        ("$$x$$", r"<p>\[x\]</p>"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
    ],
)
def test_markdown_becomes_html_that_mathjax_reads(markdown, html):
    assert bodies.html(markdown) == html
    assert page(bodies.markdown(html)) == page(markdown)


@pytest.mark.parametrize("path", files.paths(), ids=lambda path: path.stem)
def test_every_text_of_the_bank_looks_the_same_after_a_round_trip(path):
    for field, text in texts(yaml.safe_load(path.read_text())):
        name = [part for part in field if isinstance(part, str)][-1]
        if name in MARKDOWN and "{{" not in text:
            assert page(bodies.markdown(bodies.html(text))) == page(text), field


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Zl", "Zp"]), max_size=40))
def test_plain_text_is_never_taken_for_markup(text):
    shown = "".join(bodies.plain(bodies.from_plain(text)).split())

    assert shown.replace("\\(", "$").replace("\\)", "$") == "".join(text.split()).replace(
        "\\(", "$"
    ).replace("\\)", "$").replace("\\[", "\\[")


def test_a_text_without_end_is_refused():
    with pytest.raises(Refused, match="characters"):
        bodies.read("x" * 300_000)
