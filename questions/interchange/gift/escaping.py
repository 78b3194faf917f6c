"""GIFT's escapes: a backslash before each sign that means something, and `\\n` for a line's end.

The reader of Moodle takes `\\n` for a new line wherever it stands, so that `\\nabla` loses its
head unless its backslash is doubled; and the first brace that is not escaped begins the answers.
"""

import re

SIGNS = "\\#=~{}:"
# While a question is taken apart, an escaped sign is one that no file holds.
_HIDDEN = {sign: chr(1 + number) for number, sign in enumerate(SIGNS)}
_NEWLINE = chr(1 + len(SIGNS))
_SHOWN = {hidden: sign for sign, hidden in _HIDDEN.items()} | {_NEWLINE: "\n"}
_ESCAPED = re.compile(r"\\([\\#=~{}:n])")
_ANY = re.compile(f"[{''.join(_SHOWN)}]")


def escaped(text: str) -> str:
    """Return text as it stands in a file: in one line, and with nothing that means something."""
    safe = re.sub(r"[\\#=~{}:]", r"\\\g<0>", text.replace("\r", ""))
    return safe.replace("\n", "\\n")


def hidden(text: str) -> str:
    """Return the text of a file with its escaped signs put out of the way."""
    return _ESCAPED.sub(lambda found: _HIDDEN.get(found[1], _NEWLINE), text)


def shown(text: str) -> str:
    """Return a piece of a file as the text that it stands for."""
    return _ANY.sub(lambda found: _SHOWN[found[0]], text).strip()
