"""What providers are spoken to in, and the one of the whole installation from the environment."""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

# Of the optional extra `saml`: without it no page speaks of SAML.
SAML = find_spec("onelogin") is not None and find_spec("xmlsec") is not None
# Applications of Django, by the protocol that each of them speaks.
PROTOCOLS = ["allauth.socialaccount.providers.openid_connect"] + (
    ["allauth.socialaccount.providers.saml"] if SAML else []
)
# The last part of its addresses; those of organisations begin with "at-".
PROVIDER_ID = "sso"
ROLES = ("recruiter", "reviewer", "author")


def settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return SOCIALACCOUNT_PROVIDERS; organisations add providers of their own at the desk."""
    apps = [_app(environ)] if environ.get("OIDC_SERVER_URL") else []
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": apps}}


def _app(environ: Mapping[str, str]) -> dict[str, Any]:
    client, secret = environ.get("OIDC_CLIENT_ID", ""), _secret(environ)
    if not (client and secret):
        raise ImproperlyConfigured(
            "With OIDC_SERVER_URL, set OIDC_CLIENT_ID and OIDC_CLIENT_SECRET as well."
        )
    organisation, role = environ.get("OIDC_ORGANISATION", ""), environ.get("OIDC_ROLE", "")
    if role and (role not in ROLES or not organisation):
        raise ImproperlyConfigured(
            f"OIDC_ROLE is one of {', '.join(ROLES)}, and needs OIDC_ORGANISATION."
        )
    domains = [each.strip() for each in environ.get("OIDC_VERIFIED_DOMAINS", "").split(",")]
    return {
        "provider_id": PROVIDER_ID,
        "name": environ.get("OIDC_NAME") or "single sign-on",
        "client_id": client,
        "secret": secret,
        "settings": {
            "server_url": environ["OIDC_SERVER_URL"],
            "organisation": organisation,
            "role": role,
            "verified_email": [each for each in domains if each],
        },
    }


def _secret(environ: Mapping[str, str]) -> str:
    if path := environ.get("OIDC_CLIENT_SECRET_FILE"):
        return Path(path).read_text().strip()
    return environ.get("OIDC_CLIENT_SECRET", "")
