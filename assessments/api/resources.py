"""What every resource does alike: a list with filters, one row of it, tags and limits."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.actions import note_look
from assessments.api.authentication import Caller
from assessments.api.conflicts import etag_of, is_known
from assessments.api.filters import Filters
from assessments.api.pagination import NewestFirst
from assessments.api.sparse import FIELDS, asked_fields
from assessments.api.throttling import limits
from assessments.models import ApiToken

Scope = ApiToken.Scope
PAGE = ("cursor", "page_size")


class StrictQuery:
    """Refuses query parameters that the resource does not know, as bodies refuse fields."""

    query: tuple[str, ...] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        unknown = set(request.query_params) - set(self.query)
        if unknown and request.method in self.allowed_methods:  # type: ignore[attr-defined]
            raise ValidationError({name[:100]: "There is no such parameter." for name in unknown})

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        done: Response = super().finalize_response(  # type: ignore[misc]
            request, response, *args, **kwargs
        )
        for name, value in limits(request).items():
            done.headers[name] = value
        return done

    @property
    def caller(self) -> Caller:
        return self.request.user  # type: ignore[attr-defined,no-any-return]


class Resource(StrictQuery, viewsets.GenericViewSet[Any]):
    """Rows of the caller's organisation.

    Attributes:
        scopes: which scopes open each method.
        filters: what the list is narrowed by.
        serializer_class, detail_class: a line of the list, and one row.
        look: what is noted in the log where the list, or a row, shows personal data.
        sparse: whether the lines of the list can be asked for with some of their fields.
    """

    filters: type[Filters] = Filters
    detail_class: type[serializers.BaseSerializer[Any]]
    pagination_class = NewestFirst
    look = ""
    sparse = False

    @property
    def query(self) -> tuple[str, ...]:  # type: ignore[override]
        sparse = (FIELDS,) if self.sparse else ()
        return (*PAGE, *sparse, *self.filters().fields) if self.action == "list" else ()

    def list(self, request: Request) -> Response:
        given = {n: v for n, v in request.query_params.items() if n not in (*PAGE, FIELDS)}
        filters = self.filters(data=given)
        filters.is_valid(raise_exception=True)
        page = self.paginate_queryset(filters.narrowed(self.get_queryset()))
        if self.look:
            note_look(self.caller.organisation, by=self.caller.token, what="list")
        return self.get_paginated_response(self.lines(self.serializer_class, page))

    def lines(self, serializer: Any, rows: Any) -> Any:
        """The rows as lines of a list, each with the fields that were asked for."""
        wanted = asked_fields(self.request, serializer) if self.sparse else None
        lines = serializer(rows, many=True, context=self.get_serializer_context())
        for name in set(lines.child.fields) - (wanted or set(lines.child.fields)):
            lines.child.fields.pop(name)
        return lines.data

    def retrieve(self, request: Request, pk: Any) -> Response:
        row = self.get_row(pk)
        if self.look:
            note_look(row, by=self.caller.token, what=self.look)
        return self.tagged(request, self.shown(row))

    def get_row(self, pk: Any) -> Any:
        return get_object_or_404(self.get_queryset(), pk=pk)

    def locked(self, pk: Any) -> Any:
        """The row as it is once nobody else changes it; inside a transaction."""
        assert transaction.get_connection().in_atomic_block
        rows: QuerySet[Any] = self.get_queryset().order_by().select_related(None)
        get_object_or_404(rows.select_for_update(of=("self",)), pk=pk)
        return self.get_row(pk)

    def shown(self, row: Any) -> dict[str, Any]:
        return dict(self.detail_class(row, context=self.get_serializer_context()).data)

    def tagged(self, request: Request, body: dict[str, Any], status: int = 200) -> Response:
        """An answer with its ETag; nothing but that where the caller has it already."""
        etag = etag_of(body)
        if request.method == "GET" and is_known(request, etag):
            return Response(status=304, headers={"ETag": etag})
        return Response(body, status=status, headers={"ETag": etag})
