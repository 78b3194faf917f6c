"""HTML as Markdown of the bank's kind: markdownify, with formulas and strict escapes."""

import re
from typing import Any

from markdownify import ATX, BACKSLASH, MarkdownConverter

# A formula in a text: \(x\), \[x\], $$x$$, and $x$ by the rule of Pandoc: no space inside of the
# dollars, and no digit behind them, so that "$5 and $6" are sums of money. A formula has its
# bounds, too: thousands that are never closed would be searched for to the end each.
FORMULA = re.compile(
    r"(?<!\\)\\\((?P<inline>(?:[^\\]|\\(?!\)).){1,1000}?)\\\)"
    r"|(?<!\\)\\\[(?P<block>(?:[^\\]|\\(?!\]).){1,1000}?)\\\]"
    r"|(?<![\\$])\$\$(?P<double>[^$]+?)\$\$"
    r"|(?<![\\$])\$(?P<dollar>(?![\s$])(?:[^$\\\n]|\\.|\n(?!\s*\n))*?(?<![\s\\]))\$(?![\d$])",
    re.DOTALL,
)
_ALWAYS = re.compile(r"([\\`*_\[\]<>&|$~])")
_AT_START = re.compile(
    r"^([ \t]*)(?:(?P<sign>#{1,6}|[-+])(?=\s|$)|(?P<line>[-=]+)(?=[ \t]*$)"
    r"|(?P<number>\d{1,9})(?=[.)](?:\s|$)))",
    re.MULTILINE,
)


def escaped(text: str, *, first: bool = True) -> str:
    """Return text as Markdown that says the same, and nothing more.

    `first` tells that it begins a paragraph; what begins a line in it is known by itself.
    """
    safe = _ALWAYS.sub(r"\\\1", text)
    start = 0 if first else safe.find("\n") + 1 or len(safe)
    return safe[:start] + _AT_START.sub(_escape_start, safe[start:])


def _escape_start(found: re.Match[str]) -> str:
    # 1\. is no list: there the sign behind the number is escaped.
    number, sign = found["number"], found["sign"] or found["line"]
    return f"{found[1]}{number}\\" if number else f"{found[1]}\\{sign}"


class Converter(MarkdownConverter):
    """Written so that our own renderer gives the same text back."""

    def __init__(self) -> None:
        super().__init__(
            heading_style=ATX,
            bullets="-",
            newline_style=BACKSLASH,
            autolinks=False,
            strip_pre=None,
            code_language_callback=_language,
            table_infer_header=True,
        )

    def escape(self, text: str, parent_tags: set[str]) -> str:
        """Escape all but the formulas, which are TeX."""
        parts, end = [], 0
        for found in FORMULA.finditer(text):
            parts += [escaped(text[end : found.start()], first=not end), _formula(found)]
            end = found.end()
        return "".join([*parts, escaped(text[end:], first=not end)])

    def convert_code(self, el: Any, text: str, parent_tags: set[str]) -> str:
        if "_noformat" in parent_tags or not text.strip():
            return text if "_noformat" in parent_tags else ""
        text = text.replace("\n", " ")
        longest = max(map(len, re.findall("`+", text)), default=0)
        fence = "`" * (longest + 1)
        space = " " if text[0] in " `" or text[-1] in " `" else ""
        return f"{fence}{space}{text}{space}{fence}"

    convert_kbd = convert_samp = convert_tt = convert_code

    def convert_pre(self, el: Any, text: str, parent_tags: set[str]) -> str:
        text = text.removesuffix("\n")
        longest = max(map(len, re.findall("`+", text)), default=0)
        fence = "`" * max(3, longest + 1)
        return f"\n\n{fence}{_language(el)}\n{text}\n{fence}\n\n"

    def convert_hN(  # noqa: N802 - the name that the library calls
        self, n: int, el: Any, text: str, parent_tags: set[str]
    ) -> str:
        if "_inline" in parent_tags:
            return text
        text = " ".join(text.split())
        return f"\n\n{'#' * n} {text}\n\n" if text else ""

    def convert_sub(self, el: Any, text: str, parent_tags: set[str]) -> str:
        return f"$_{{{text}}}$" if re.fullmatch(r"\w+", text) else text

    def convert_sup(self, el: Any, text: str, parent_tags: set[str]) -> str:
        return f"$^{{{text}}}$" if re.fullmatch(r"\w+", text) else text

    def convert_del(self, el: Any, text: str, parent_tags: set[str]) -> str:
        return text

    convert_s = convert_strike = convert_del


def _language(element: Any) -> str:
    """The language that a block of code names: <code class="language-python">."""
    code = element.find("code") or element
    names = code.get_attribute_list("class") if code.get("class") else []
    found = (re.fullmatch(r"language-(\w+)", name) for name in names)
    return next((match[1] for match in found if match), "")


def _formula(found: re.Match[str]) -> str:
    """Write a formula as ours; a dollar inside would end it."""
    name = str(found.lastgroup)
    latex = re.sub(r"(?<!\\)\$", r"\\$", " ".join(found[name].split()))
    if not latex or re.search(r"\\$", latex):
        return escaped(found[0])
    return f"$${latex}$$" if name in {"block", "double"} else f"${latex}$"
