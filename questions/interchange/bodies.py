"""Texts of questions: our Markdown as HTML for other programs, and theirs as Markdown.

Formulas are TeX in both: `$x$` here, `\\(x\\)` there, which is what MathJax reads by itself.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple, cast

import nh3
from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from questions.interchange.bounds import MAX_TEXT
from questions.interchange.markdown import Converter
from questions.interchange.remarks import Refused
from questions.rendering import MATH_TAGS, PROSE_TAGS

# Parts of a text that we mark when we write it, by class.
OWN = "minima-"
_MORE_TAGS = {
    "h1", "b", "i", "u", "del", "ins", "kbd", "samp", "dl", "dt", "dd", "q", "cite", "caption",
    "tfoot", "section", "article", "strike", "tt", "var", "small", "abbr", "figure", "figcaption",
}  # fmt: skip
_KNOWN = PROSE_TAGS | _MORE_TAGS
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9:-]*)(\s[^<>]*|/)?>|<!--(?:(?!<!--).)*?-->", re.DOTALL)
_MEDIA = {
    "img": "picture", "svg": "picture", "video": "video", "audio": "sound", "object": "object",
    "iframe": "page", "embed": "object", "canvas": "picture", "form": "form", "input": "field",
    "math": "formula in MathML",
}  # fmt: skip
_SILENT = {"script", "style", "meta", "link", "head", "title", "noscript"}
_CLEANER = nh3.Cleaner(
    tags=_KNOWN,
    clean_content_tags={"script", "style"},
    attributes={"a": {"href", "title"}, "ol": {"start"}, "code": {"class"}, "pre": {"class"}},
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)


class Body(NamedTuple):
    """A text that was read: Markdown, the parts that we marked, and what is not kept of it."""

    markdown: str
    own: dict[str, str]
    remarks: list[str]


@lru_cache(maxsize=4096)
def html(markdown: str) -> str:
    """Return Markdown as well-formed HTML with its formulas in TeX."""
    rendered: str = _parser().render(markdown)
    return re.sub(r' style="text-align:\s?\w+"', "", rendered).strip()


def line(markdown: str) -> str:
    """Return Markdown as HTML for the middle of a line, where it is one paragraph."""
    found = re.fullmatch(r"<p>((?:(?!</?p>).)*)</p>", html(markdown), re.DOTALL)
    return found[1] if found else html(markdown)


def own(name: str, content: str, tag: str = "div") -> str:
    """Return HTML marked as a part of its own, which `read` hands back by `name`."""
    return f'<{tag} class="{OWN}{name}">{content}</{tag}>'


def markdown(text: str) -> str:
    """Return HTML as Markdown, whatever is not kept of it."""
    return read(text).markdown


def read(text: str) -> Body:
    """Return HTML of another program, which is believed nothing, as Markdown."""
    refuse_endless(text)
    return _read_again(text) if len(text) < _SHORT else _read(text)


def refuse_endless(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise Refused(f"A text has {len(text)} characters; {MAX_TEXT} are read at most.")


def _read(text: str) -> Body:
    soup = BeautifulSoup(_protected(text), "html.parser")
    parts = dict(_own_parts(soup))
    remarks = list(dict.fromkeys(_drop_media(soup)))
    cleaned = _CLEANER.clean(str(soup))
    found = _converted(cleaned)
    if _words(html(found)) != _words(cleaned):
        # Emphasis inside words and the like: rather plain than garbled.
        found = _converted(nh3.clean(cleaned, tags=_KNOWN - {"em", "strong", "b", "i"}))
    return Body(found, parts, remarks)


# Reading a file of ours reads most texts twice: what the file says, and what we would write.
_SHORT = 5_000
_read_again = lru_cache(maxsize=2048)(_read)


def plain(markdown: str) -> str:
    """Return Markdown as text for a place without markup; formulas stay in TeX."""
    return BeautifulSoup(html(markdown), "html.parser").get_text().strip()


def from_plain(text: str) -> str:
    """Return text that has no markup, but perhaps formulas, as Markdown."""
    return _converted(escape(text.strip(), quote=False))


def from_moodle(text: str) -> str:
    """Return Moodle's own format as HTML: an end of a line is one, and tags are tags."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    if re.search(r"<(p|div|ul|ol|table|pre)\b", text):
        return text
    lines = (paragraph.replace("\n", "<br>\n") for paragraph in paragraphs if paragraph)
    return "\n".join(f"<p>{line}</p>" for line in lines)


def of_format(text: str, name: str) -> Body:
    """Return a text of Moodle by the name of its format: html, markdown, plain, or its own."""
    refuse_endless(text)
    if name.startswith("plain"):
        return Body(from_plain(text), {}, [])
    if name == "markdown":
        return Body(text.strip(), {}, [])
    return read(text if name == "html" else from_moodle(text))


def inner(element: Tag) -> str:
    """Return the HTML inside an element."""
    return element.decode_contents().strip()


def soup_of(text: str) -> BeautifulSoup:
    return BeautifulSoup(_protected(text), "html.parser")


def _protected(text: str) -> str:
    """Escape each < that begins no tag: a formula has many, and a parser would eat the rest."""
    parts, end = [], 0
    for found in _TAG.finditer(text):
        name = (found[1] or "").lower()
        if found[1] and name not in _KNOWN | _MEDIA.keys() | _SILENT and not _is_markup(name):
            continue
        parts += [text[end : found.start()].replace("<", "&lt;"), found[0]]
        end = found.end()
    return "".join([*parts, text[end:].replace("<", "&lt;")])


def _is_markup(name: str) -> bool:
    """Tell other elements of HTML and MathML, which are dropped, from a < in a formula."""
    return name in MATH_TAGS | {
        "font", "center", "body", "html", "address", "nav", "header", "footer", "main", "aside",
        "mark", "big", "label", "button", "select", "option", "textarea", "source", "track",
        "col", "colgroup", "details", "summary", "annotation", "semantics", "time", "picture",
        "bdi", "bdo", "dfn", "wbr", "applet", "param", "script", "path", "g", "rect", "circle",
    } or name.startswith(("o:", "m:", "mml:", "xml", "v:", "w:", "st1:"))  # fmt: skip


def _own_parts(soup: BeautifulSoup) -> list[tuple[str, str]]:
    """Take what we marked out of a text."""
    found = []
    for element in soup.find_all(class_=re.compile(f"^{OWN}")):
        if element.decomposed:
            continue
        name = next(c for c in element.get_attribute_list("class") if c.startswith(OWN))
        found.append((name.removeprefix(OWN), inner(element)))
        element.decompose()
    return found


def _drop_media(soup: BeautifulSoup) -> list[str]:
    """Put words in the place of what no text holds; return a sentence for each."""
    remarks = []
    for element in soup.find_all([*_MEDIA, *_SILENT]):
        if element.decomposed:
            continue
        if element.name in _SILENT:
            element.decompose()
            continue
        kind, tex = _MEDIA[element.name], _tex(element)
        if tex:
            element.replace_with(NavigableString(f"\\({tex}\\)"))
            continue
        said = str(element.get("alt") or element.get("title") or element.get_text() or "")
        said = " ".join(said.split())[:300]
        remarks.append(f"A {kind} is not kept{f': {said}' if said else ''}.")
        element.replace_with(NavigableString(f"[{kind}{f': {said}' if said else ''}]"))
    return remarks


def _tex(element: Tag) -> str:
    """Return the TeX that a formula in MathML carries along."""
    note = element.find("annotation", attrs={"encoding": re.compile("tex", re.IGNORECASE)})
    return note.get_text().strip() if note and element.name == "math" else ""


def _converted(cleaned: str) -> str:
    return str(Converter().convert(cleaned)).strip()


def _words(text: str) -> str:
    """Return what is read of HTML, without spaces and without what marks formulas."""
    return re.sub(r"[\s$\\()\[\]]", "", BeautifulSoup(text, "html.parser").get_text())


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "xhtmlOut": True}).enable("table")
    # What pages do not show is written nowhere else either.
    parser.disable("image")
    parser.use(dollarmath_plugin, double_inline=True)
    rules: dict[str, Any] = cast(RendererHTML, parser.renderer).rules
    rules["text"] = _text
    rules["math_inline"] = lambda tokens, at, *_: f"\\({_tex_of(tokens[at])}\\)"
    rules["math_inline_double"] = lambda tokens, at, *_: f"\\[{_tex_of(tokens[at])}\\]"
    for name in ("math_block", "math_block_label"):
        rules[name] = lambda tokens, at, *_: f"<p>\\[{_tex_of(tokens[at])}\\]</p>\n"
    return parser


def _tex_of(token: Token) -> str:
    return escape(token.content.strip(), quote=False)


def _text(tokens: Sequence[Token], at: int, *_: Any) -> str:
    """A dollar or a backslash that is meant as one stands alone, so that none takes it for TeX."""
    safe = escape(tokens[at].content, quote=False)
    return re.sub(r"\$|\\(?=[(\[)\]]|$)", lambda found: f"<span>{found[0]}</span>", safe)
