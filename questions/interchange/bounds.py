"""What a file may be at most, and text that came through the wrong encoding."""

import re

from questions.interchange.remarks import Broken

MAX_BYTES = 20 * 1024 * 1024
MAX_QUESTIONS = 5_000
# Of one text of a question: more than a book's chapter is no question.
MAX_TEXT = 50_000
_MARKS = {
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
# What UTF-8 looks like where it was read as Windows-1252: "Ã¤", "â€™".
_MANGLED = re.compile("[\u00c2-\u00c5\u00ce\u00cf\u00d0\u00d1\u00e2][\u0080-\u00bf\u0152-\u0178"
                      "\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{1,2}")  # fmt: skip
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def decoded(data: bytes, place: str = "") -> str:
    """Return the text of a file in UTF-8; raise Broken with the line where it is none."""
    if len(data) > MAX_BYTES:
        raise Broken(place, f"The file has {len(data)} bytes; {MAX_BYTES} are read at most.")
    for mark, name in _MARKS.items():
        if data.startswith(mark):
            raise Broken(place, f"The file is in {name}: save it as UTF-8.")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = at_line(place, data.count(b"\n", 0, error.start) + 1)
        sentence = f"Byte {data[error.start]:#04x} is no UTF-8: save the file as UTF-8."
        raise Broken(line, sentence) from None


def at_line(place: str, line: int) -> str:
    return f"{place}, line {line}" if place else f"line {line}"


def strange(text: str) -> str:
    """Return a sentence on a character that no database keeps; "" where there is none."""
    if found := _CONTROL.search(text):
        return f"It holds the character U+{ord(found[0]):04X}, which cannot be kept."
    return ""


def mangled(text: str) -> str:
    """Return a sentence on text that came through the wrong encoding; "" where none did."""
    if "\ufffd" in text:
        return f"A character was lost in {_around(text, text.index(chr(0xFFFD)))!r} before."
    for found in _MANGLED.finditer(text):
        if _was_utf8(found[0]):
            return (
                f"{_around(text, found.start())!r} was saved in one encoding and read in another: "
                "export it anew as UTF-8."
            )
    return ""


def control(text: str) -> re.Match[str] | None:
    """Return the first character that stands in no text."""
    return _CONTROL.search(text)


def uncarried(text: str) -> bool:
    """Tell text that XML, or any other file, does not give back as it was."""
    return "\r" in text or bool(_CONTROL.search(text))


def _was_utf8(text: str) -> bool:
    for end in range(len(text), 1, -1):
        try:
            text[:end].encode("cp1252").decode("utf-8")
        except UnicodeError:
            continue
        return True
    return False


def _around(text: str, at: int) -> str:
    return text[max(0, at - 15) : at + 15]
