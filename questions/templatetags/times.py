"""A moment as the server knows it, in UTC, which a script turns into the reader's own time."""

from datetime import UTC, datetime

from django import template
from django.utils.dateformat import format as formatted
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

WHOLE = "j M Y, H:i:s"


@register.filter
def local(moment: datetime | None, shown: str) -> SafeString:
    """Return `moment` as <time>, shown as the `date` filter would by "j M Y, H:i" and the like.

    Of Django's letters `local_times.js` knows j, M, F, Y, H, i and s. Without scripts the time is
    UTC and says so.
    """
    if moment is None:
        return SafeString("")
    universal = moment.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{} UTC" data-local="{}">{}{}</time>',
        universal.isoformat(timespec="milliseconds"),
        formatted(universal, WHOLE),
        shown,
        formatted(universal, shown),
        " UTC" if "H" in shown else "",
    )
