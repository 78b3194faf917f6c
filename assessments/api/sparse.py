"""Lists with some of their fields: `?fields=id,state`."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

FIELDS = "fields"


def asked_fields(request: Request, serializer: type[Any]) -> set[str] | None:
    """The fields that a caller wants to see; None where all of them."""
    text = request.query_params.get(FIELDS)
    if text is None:
        return None
    wanted, known = text.split(","), set(serializer().fields)
    if unknown := [name for name in wanted if name not in known]:
        named = ", ".join(f"`{name[:100]}`" for name in unknown[:10])
        raise ValidationError({FIELDS: f"There is no field {named}."})
    return set(wanted)


def fields_of(serializer: type[Any]) -> OpenApiParameter:
    """What the schema says of it."""
    return OpenApiParameter(
        FIELDS,
        {
            "type": "array",
            "minItems": 1,
            "items": {"type": "string", "enum": [*serializer().fields]},
        },
        explode=False,
        description="Only these fields of each line, separated by commas; all of them without it.",
    )
