"""From HTML to a PDF file: our own static files, and nothing from any network."""

import logging
import threading
from functools import cache
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from assessments.recruiter.paper.press_files import static_path

# It remarks on each property that only browsers know, and on each page.
logging.getLogger("weasyprint").setLevel(logging.ERROR)
# These tell of each step of the work, over a hundred lines a file.
logging.getLogger("weasyprint.progress").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)
# A host that nobody can have: what stands there are our static files, by their names.
ORIGIN = "https://minima.invalid/"
_TYPES = {
    ".css": "text/css",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
}
# Fonts are kept by the process, and one file at a time is enough work for it.
_ONE_AT_A_TIME = threading.Lock()


class Refused(ValueError):
    """Something other than a static file of ours was asked for."""


class StaticFiles(URLFetcher):  # type: ignore[misc]
    """Finds static files by name; there is no way out of the installation."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        name = url.partition("?")[0].removeprefix(ORIGIN)
        path = static_path(name)
        if not url.startswith(ORIGIN) or path is None or path.suffix not in _TYPES:
            raise Refused(f"{url[:100]} is no static file")
        return URLFetcherResponse(
            url, body=path.read_bytes(), headers={"Content-Type": _TYPES[path.suffix]}
        )


@cache
def _style() -> tuple[CSS, FontConfiguration]:
    """The style sheet with its fonts, read once a process."""
    fonts = FontConfiguration()
    path = static_path("paper.css")
    if path is None:
        raise Refused("The front end is not built: paper.css is missing.")
    # A grid that breaks between pages can end in an exception: one below the other is safe.
    text = path.read_text().replace("display:grid", "display:block")
    style = CSS(string=text, base_url=ORIGIN, font_config=fonts, url_fetcher=StaticFiles())
    return style, fonts


def printed(html: str) -> bytes:
    """Return `html` as a PDF: tagged for screen readers (PDF/UA), with bookmarks and a title."""
    with _ONE_AT_A_TIME:
        style, fonts = _style()
        document = HTML(string=html, base_url=ORIGIN, url_fetcher=StaticFiles())
        return bytes(
            document.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1")
        )
