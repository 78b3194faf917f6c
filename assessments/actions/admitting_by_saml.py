"""What an organisation's owners say of a provider that speaks SAML 2.0.

Whoever it vouches for is admitted as from any other provider. Assertions have to be signed, and to
answer a sign-in that began in the same browser: each of them counts once.
"""

from typing import Any

from allauth.socialaccount.models import SocialAccount, SocialApp
from django.db import transaction

from assessments.actions.auditing import record
from assessments.models import Organisation, User

SAML = "saml"
# Whatever the provider would do without.
STRICT = {
    "strict": True,
    "want_assertion_signed": True,
    "reject_deprecated_algorithm": True,
    "reject_idp_initiated_sso": True,
    # The address may be the name itself.
    "want_attribute_statement": False,
    "want_name_id": True,
}


def saml_provider_of(organisation: Organisation) -> SocialApp | None:
    found = SocialApp.objects.filter(provider=SAML, client_id=organisation.slug)
    app: SocialApp | None = found.first()
    return app


@transaction.atomic
def set_saml_provider(
    organisation: Organisation,
    *,
    by: User | None,
    name: str,
    entity_id: str,
    sso_url: str,
    certificate: str,
    role: str,
    verified_email: list[str],
) -> SocialApp:
    """Store the provider; at another one the same names mean other people."""
    app = saml_provider_of(organisation) or SocialApp(
        provider=SAML, provider_id=_own(organisation), client_id=organisation.slug
    )
    if app.pk and app.settings["idp"]["entity_id"] != entity_id:
        SocialAccount.objects.filter(provider=app.provider_id).delete()
    told: dict[str, Any] = {"role": role, "verified_email": verified_email}
    app.name = name
    app.settings = told | {
        "organisation": organisation.slug,
        "idp": {"entity_id": entity_id, "sso_url": sso_url, "x509cert": certificate},
        "advanced": STRICT,
    }
    app.save()
    record("single_sign_on.changed", organisation, by=by, server=entity_id, **told)
    return app


@transaction.atomic
def remove_saml_provider(organisation: Organisation, *, by: User | None) -> None:
    """Let nobody sign in there any more."""
    SocialApp.objects.filter(provider=SAML, client_id=organisation.slug).delete()
    SocialAccount.objects.filter(provider=_own(organisation)).delete()
    record("single_sign_on.removed", organisation, by=by)


def _own(organisation: Organisation) -> str:
    """What its accounts are kept under: apart from those of another protocol."""
    return f"saml-at-{organisation.slug}"
