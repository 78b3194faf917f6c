"""The words that a candidate agrees to: shown on the invitation page, and kept as they were."""

import hashlib
import re
from html import unescape
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import strip_tags

PARTS = ("candidate/parts/rules.html", "candidate/parts/recorded.html")


def notice(context: dict[str, Any]) -> str:
    """Return the words of the parts of the page as plain text, one paragraph a line."""
    lines = "\n".join(render_to_string(part, context) for part in PARTS)
    # What stands in one block of the page is one line, however it is broken in the template.
    blocks = re.split(r"</?(?:h\d|li|div|summary|ul|ol|p|section|details|table|tr)\b[^>]*>", lines)
    words = (" ".join(unescape(strip_tags(block)).split()) for block in blocks)
    return "\n".join(line for line in words if line)


def digest_of(text: str) -> str:
    """Tell one notice from another."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
