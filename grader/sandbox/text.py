"""Text that candidates' code made, turned into text that can be shown anywhere."""

import re

# C0 and C1 controls but for tab and newline, bidirectional controls, invisible separators,
# lone surrogates, and the byte order mark.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]"
)


def printable(data: bytes, limit: int) -> str:
    """Return at most `limit` bytes of `data` as text, with whatever could mislead escaped."""
    text = data[:limit].decode("utf-8", "replace").replace("\r\n", "\n")
    return UNPRINTABLE.sub(escaped, text)


def escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
