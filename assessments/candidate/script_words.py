"""The sentences of the browser's scripts in the languages of the candidate, as a script."""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET
from django.views.i18n import JavaScriptCatalog

DOMAIN = "djangojs"
A_YEAR = 365 * 86_400


def address(language: str) -> str:
    """Return where the sentences in `language` are; "" for English, which the scripts know."""
    if language == settings.LANGUAGE_CODE or not _file(language).exists():
        return ""
    return reverse("script_words", args=[language, _version(language)])


@require_GET
@login_not_required
def script_words(request: HttpRequest, language: str, version: str) -> HttpResponseBase:
    """The same for everybody, and under its version for ever."""
    if not address(language):
        raise Http404
    with translation.override(language):
        catalog = JavaScriptCatalog.as_view(domain=DOMAIN, packages=["assessments"])
        response: HttpResponseBase = catalog(request)
    response["Content-Language"] = language
    # Middleware has looked who asks; the answer does not depend on it.
    request.session.accessed = False
    if version == _version(language):
        patch_cache_control(response, public=True, immutable=True, max_age=A_YEAR)
    return response


def _file(language: str) -> Path:
    name = translation.to_locale(language)
    folder = Path(apps.get_app_config("assessments").path)
    return folder / "locale" / name / "LC_MESSAGES" / f"{DOMAIN}.mo"


@lru_cache
def _version(language: str) -> str:
    return hashlib.sha256(_file(language).read_bytes()).hexdigest()[:16]
