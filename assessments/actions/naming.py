"""Names of assessments in addresses: each once in an organisation."""

from collections.abc import Iterable

from django.utils.text import slugify

from assessments.models import Organisation

# Room for a number behind it.
LONGEST = 45


def free_slug(organisation: Organisation, wanted: str) -> tuple[str, int]:
    """Return `wanted`, with a number behind it where it is taken, and that number.

    Holds the organisation until the transaction ends: two people who press a button at once must
    not take the same name.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    taken = set(organisation.assessments.values_list("slug", flat=True))
    number = _first_free(wanted, taken)
    return _numbered(wanted, number), number


def slug_of(title: str) -> str:
    return slugify(title)[:LONGEST].strip("-") or "assessment"


def _first_free(slug: str, taken: Iterable[str]) -> int:
    number = 1
    while _numbered(slug, number) in taken:
        number += 1
    return number


def _numbered(slug: str, number: int) -> str:
    return slug if number == 1 else f"{slug}-{number}"
