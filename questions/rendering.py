"""What people wrote, as safe HTML: Markdown, formulas as MathML, highlighted code."""

import re
from functools import lru_cache
from html import unescape
from typing import Any

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from questions.linear import linear

MATH_TAGS = {
    "math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "msub", "msup", "msubsup", "munder",
    "mover", "munderover", "mmultiscripts", "mprescripts", "mfrac", "msqrt", "mroot", "mstyle",
    "mtable", "mtr", "mtd", "mpadded", "mphantom", "menclose",
}  # fmt: skip
MATH_ATTRIBUTES = {
    "display", "displaystyle", "scriptlevel", "mathvariant", "stretchy", "symmetric", "fence",
    "form", "separator", "largeop", "movablelimits", "accent", "accentunder", "lspace", "rspace",
    "minsize", "maxsize", "width", "height", "depth", "linethickness", "columnalign",
    "columnspacing", "rowspacing", "columnspan", "rowspan", "notation",
}  # fmt: skip
PROSE_TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "em", "strong", "s", "code", "pre", "span",
    "div", "blockquote", "ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td", "sub",
    "sup",
}  # fmt: skip
ATTRIBUTES = {
    **dict.fromkeys(MATH_TAGS, MATH_ATTRIBUTES),
    "math": MATH_ATTRIBUTES | {"aria-label"},
    "a": {"href", "title"},
    "span": {"class"},
    "div": {"class"},
    "code": {"class"},
    "ol": {"start"},
}
CLEANER = nh3.Cleaner(
    tags=MATH_TAGS | PROSE_TAGS,
    attributes=ATTRIBUTES,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer",
)

# The cleaner drops what stands in a formula together with its tags.
_MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)


class UnreadableFormula(ValueError):
    """LaTeX that no formula can be made of."""


@lru_cache(maxsize=2048)
def formula(latex: str, *, block: bool = True) -> SafeString:
    """Return LaTeX (without delimiters) as MathML; raise UnreadableFormula where it is wrong.

    Its name is the formula in a line of text: browsers leave out what has none from the name of
    an option, and not all readers know MathML.
    """
    try:
        mathml = convert(latex, display="block" if block else "inline")
    except Exception as error:  # the converter has a dozen exceptions of its own, without a base
        raise UnreadableFormula(f"{latex!r}: {error}") from error
    shown = CLEANER.clean(mathml)
    named = f'<math aria-label="{escape(linear(shown))}"'
    return mark_safe(shown.replace("<math", named, 1))


def formula_parts(latex: str) -> list[SafeString]:
    """Return a formula as its parts, which LaTeX sets side by side with a \\quad between them.

    One below the other they fit on a phone.
    """
    return [formula(part) for part in _split(latex)]


def _split(latex: str) -> list[str]:
    """Split at each \\quad outside of braces and environments."""
    parts, depth, start = [], 0, 0
    for token in re.finditer(r"\\begin|\\end|[{}]|,?\s*\\quad\b", latex):
        if token[0] in {r"\begin", "{"}:
            depth += 1
        elif token[0] in {r"\end", "}"}:
            depth -= 1
        elif depth == 0:
            parts.append(latex[start : token.start()])
            start = token.end()
    return [part.strip() for part in [*parts, latex[start:]] if part.strip()]


@lru_cache(maxsize=512)
def markdown(text: str) -> SafeString:
    """Return Markdown with $formulas$ as HTML; raw HTML in it is shown as text."""
    return mark_safe(CLEANER.clean(_parser().render(text)))


def tokens(text: str) -> list[Token]:
    """Return the parts of Markdown in their order, as a page would show them."""
    blocks = _parser().parse(text)
    return [token for block in blocks for token in [block, *(block.children or ())]]


def plain(text: str) -> str:
    """Return Markdown as plain text, each formula and each paragraph in one line."""
    shown = CLEANER.clean(_parser().render(text, {"in_lines": True}))
    lines = _MATH.sub(lambda found: nh3.clean_text(linear(found[0])), shown)
    return unescape(nh3.clean(lines, tags=set())).strip()


def python(source: str, *, line_numbers: bool = False) -> SafeString:
    """Return Python source as HTML with one class a token."""
    formatter: HtmlFormatter[str] = HtmlFormatter(
        linenos="inline" if line_numbers else False, wrapcode=False
    )
    return mark_safe(highlight(source, PythonLexer(stripnl=False), formatter))


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "highlight": _highlight}).enable("table")
    parser.use(dollarmath_plugin, renderer=_render_math, double_inline=True)
    # A page has one h1, and that is its own title.
    parser.core.ruler.push("lower_headings", _lower_headings)
    parser.add_render_rule("softbreak", _break)
    return parser


def _break(renderer: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    """Where a line of the source ends within a paragraph: a page breaks lines by itself."""
    return " " if env.get("in_lines") else "\n"


def _highlight(source: str, language: str, _attributes: str) -> str:
    if language not in {"python", "py"}:
        return ""
    return highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))


def _render_math(latex: str, options: dict[str, Any]) -> str:
    try:
        return formula(latex, block=options["display_mode"])
    except UnreadableFormula:
        return f"<code>{nh3.clean_text(latex)}</code>"


def _lower_headings(state: Any) -> None:
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
