"""Tags for pages in the candidate's language: their scripts' sentences, and the way to others."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.conf import settings
from django.utils.translation import get_language

from assessments.candidate import script_words
from assessments.candidate.language import room_of

register = template.Library()


@register.simple_tag
def words_url() -> str:
    """Where the scripts' sentences are; "" where they are English."""
    return script_words.address(get_language() or settings.LANGUAGE_CODE)


@register.simple_tag(takes_context=True)
def this_page(context: Mapping[str, Any]) -> str:
    """The address of a page of the candidate that can be asked for again; "" for any other."""
    request = context.get("request")
    room = room_of(request.path_info) if request else ""
    if request is None or not room:
        return ""
    if request.method == "GET":
        return str(request.get_full_path())
    # What a form was sent to can't be opened; the link itself leads to where one is.
    token = request.path_info.removeprefix(room).partition("/")[0]
    return f"{room}{token}/"


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """Each language by its code, called as it calls itself."""
    return list(settings.LANGUAGES)
