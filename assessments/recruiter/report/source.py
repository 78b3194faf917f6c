"""A candidate's code as numbered, highlighted lines; what the eye cannot see is spelt out."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

# Tab and newline are layout; every other control and format character can hide or reorder
# what a reviewer reads (https://trojansource.codes).
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of code: its number from 1, safe HTML, and whether the error points to it."""

    number: int
    html: SafeString
    marked: bool = False


def highlighted(source: str, marked: Iterable[int] = ()) -> tuple[Line, ...]:
    """Return the lines of `source` as HTML that is safe whatever the source holds."""
    told = set(marked)
    lexer = PythonLexer(stripnl=False)
    html = highlight(source, lexer, HtmlFormatter(nowrap=True)).removesuffix("\n")
    return tuple(
        # Pygments has escaped the line; what `_spelt` adds is made of hexadecimal digits.
        Line(number, mark_safe(_UNSEEN.sub(_spelt, line)), number in told)
        for number, line in enumerate(html.split("\n"), start=1)
    )


def visible(text: str) -> SafeString:
    """Return `text` escaped, with every character that hides or reorders text spelt out."""
    return mark_safe(_UNSEEN.sub(_spelt, format_html("{}", text)))


def plain(text: str) -> str:
    """Return `text` with such characters spelt out, for where only text may stand."""
    return _UNSEEN.sub(lambda match: f"[{_code(match)}]", text)


def _code(match: re.Match[str]) -> str:
    return f"U+{ord(match.group()):04X}"


def _spelt(match: re.Match[str]) -> str:
    name = unicodedata.name(match.group(), "control character")
    return f'<span class="unseen" title="{name}">{_code(match)}</span>'
