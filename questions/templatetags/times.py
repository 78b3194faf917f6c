"""A moment as the server knows it, in UTC, which a script turns into the reader's own time."""

from datetime import UTC, datetime

from django import template
from django.utils.dateformat import format as formatted
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import pgettext_lazy

register = template.Library()

WHOLE = "j M Y, H:i:s"
# In other languages the same letters stand in other places.
SHOWN = {
    "j M, H:i": pgettext_lazy("moment", "j M, H:i"),
    "j M Y": pgettext_lazy("moment", "j M Y"),
    "j M Y, H:i": pgettext_lazy("moment", "j M Y, H:i"),
    WHOLE: pgettext_lazy("moment", "j M Y, H:i:s"),
    "j F, H:i": pgettext_lazy("moment", "j F, H:i"),
    "j F Y": pgettext_lazy("moment", "j F Y"),
    "j F Y, H:i": pgettext_lazy("moment", "j F Y, H:i"),
    "j F Y, H:i T": pgettext_lazy("moment", "j F Y, H:i T"),
}


@register.filter
def local(moment: datetime | None, shown: str) -> SafeString:
    """Return `moment` as <time>, shown as the `date` filter would by "j M Y, H:i" and the like.

    Of Django's letters `local_times.js` knows j, M, F, Y, H, i, s and T, the time zone. Without
    scripts the time is UTC and says so.
    """
    if moment is None:
        return SafeString("")
    universal = moment.astimezone(UTC)
    here = str(SHOWN.get(shown, shown))
    return format_html(
        '<time datetime="{}" title="{} UTC" data-local="{}">{}{}</time>',
        universal.isoformat(timespec="milliseconds"),
        formatted(universal, str(SHOWN[WHOLE])),
        here,
        formatted(universal, here),
        " UTC" if "H" in shown and "T" not in shown else "",
    )
