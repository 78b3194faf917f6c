"""Code without what its author said in it: comments and texts, where a name may stand."""

from itertools import groupby

from pygments.lexers import PythonLexer
from pygments.token import Comment, String, _TokenType


def wordless(source: str) -> str:
    """Return `source` with every comment as "# …" and every text as "…"; the rest stays."""
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    pieces = ((_kind(kind), text) for _, kind, text in lexer.get_tokens_unprocessed(source))
    joined = groupby(pieces, key=lambda piece: piece[0])
    return "".join(_said(kind, "".join(text for _, text in group)) for kind, group in joined)


def _kind(kind: _TokenType) -> str:
    if _is(kind, Comment):
        return "comment"
    # What stands in the braces of an f-string is code again, and no text.
    return "text" if _is(kind, String) and not _is(kind, String.Interpol) else "code"


def _is(kind: _TokenType, of: _TokenType) -> bool:
    return kind[: len(of)] == of


def _said(kind: str, text: str) -> str:
    if kind == "comment":
        return "# …"
    return '"…"' if kind == "text" else text
