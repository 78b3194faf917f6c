"""Lists in pages that stay right while rows are added."""

from typing import Any

from django.core.exceptions import ValidationError as InvalidValue
from django.db import DataError
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request


class NewestFirst(CursorPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering: tuple[str, ...] = ("-created_at", "-id")

    def get_page_size(self, request: Request) -> int:
        asked = request.query_params.get("page_size", str(self.page_size))
        known = asked.isascii() and asked.isdigit() and len(asked) < 5
        if not known or not 1 <= int(asked) <= self.max_page_size:
            raise ValidationError({"page_size": f"Give a whole number, 1 to {self.max_page_size}."})
        return int(asked)

    def paginate_queryset(
        self, queryset: Any, request: Request, view: Any = None
    ) -> list[Any] | None:
        """Where a cursor names no position of this list, there is no such page."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotFound, InvalidValue, ValueError, DataError) as error:
            raise NotFound("Follow `next` and `previous` as they are.") from error

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters = super().get_schema_operation_parameters(view)
        bounds = {"minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        for parameter in parameters:
            if parameter["name"] == "page_size":
                parameter["schema"] |= bounds
        return parameters

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }


class LatestStarted(NewestFirst):
    ordering = ("-started_at", "-id")


class LatestMade(NewestFirst):
    ordering = ("-made_at", "-id")


class HighestFirst(NewestFirst):
    ordering = ("-id",)


class BySlug(NewestFirst):
    # What a cursor holds is an attribute of the row: a list by another table's column annotates it.
    ordering = ("slug", "id")


class ByPosition(NewestFirst):
    ordering = ("position", "id")
