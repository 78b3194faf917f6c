"""Which way e-mails go: printed to the log, or to a mail server named by the environment."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
ON = {"1", "true", "yes", "on"}
BACKENDS = "django.core.mail.backends"


def settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return Django's settings from EMAIL_URL, or else from EMAIL_HOST and its companions.

    smtp://user:password@host:25, smtp+tls:// for STARTTLS, smtps:// for TLS from the start. In a
    URL what is special is written as %40 and the like.
    """
    if url := environ.get("EMAIL_URL", "").strip():
        return _from_url(urlsplit(url))
    if not (host := environ.get("EMAIL_HOST", "").strip()):
        return {"EMAIL_BACKEND": f"{BACKENDS}.console.EmailBackend"}
    tls = environ.get("EMAIL_TLS", "").strip().lower() in ON
    port = environ.get("EMAIL_PORT", "").strip()
    return _smtp(
        "smtp+tls" if tls else "smtp",
        host,
        _port(port) if port else None,
        environ.get("EMAIL_USER", ""),
        environ.get("EMAIL_PASSWORD", ""),
    )


def _from_url(url: SplitResult) -> dict[str, Any]:
    if url.scheme == "console":
        return {"EMAIL_BACKEND": f"{BACKENDS}.console.EmailBackend"}
    if url.scheme not in PORTS or not url.hostname:
        ways = ", ".join([*PORTS, "console"])
        raise ImproperlyConfigured(f"EMAIL_URL has a scheme out of {ways}, and a host.")
    try:
        port = url.port
    except ValueError as error:
        raise ImproperlyConfigured("The port of EMAIL_URL is not a number.") from error
    user, password = unquote(url.username or ""), unquote(url.password or "")
    return _smtp(url.scheme, url.hostname, port, user, password)


def _port(text: str) -> int:
    if not text.isdecimal():
        raise ImproperlyConfigured("EMAIL_PORT is not a number.")
    return int(text)


def _smtp(scheme: str, host: str, port: int | None, user: str, password: str) -> dict[str, Any]:
    return {
        "EMAIL_BACKEND": f"{BACKENDS}.smtp.EmailBackend",
        "EMAIL_HOST": host,
        "EMAIL_PORT": port or PORTS[scheme],
        "EMAIL_HOST_USER": user,
        "EMAIL_HOST_PASSWORD": password,
        "EMAIL_USE_TLS": scheme == "smtp+tls",
        "EMAIL_USE_SSL": scheme == "smtps",
    }
