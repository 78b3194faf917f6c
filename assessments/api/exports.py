"""Results as files: asked for in one request, with progress while they are made, fetched."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from assessments.actions import exporting
from assessments.api.conflicts import IF_NONE_MATCH
from assessments.api.filters import AttemptFilters, CreatedFilters
from assessments.api.idempotency import KEY, replayed
from assessments.api.problems import Conflict
from assessments.api.resources import Resource, Scope
from assessments.api.strict import StrictSerializer
from assessments.exports.codebook import FORM, codebook
from assessments.exports.columns import Type
from assessments.exports.serving import TYPES, ZIP, file_answer
from assessments.models import Export


class ExportFilters(CreatedFilters):
    WAYS = {**CreatedFilters.WAYS, "state": "state", "kind": "kind"}

    state = serializers.ChoiceField(Export.State.choices, required=False)
    kind = serializers.ChoiceField(Export.Kind.choices, required=False)


class NewExportSerializer(StrictSerializer):
    kind = serializers.ChoiceField(Export.Kind.choices)
    format = serializers.ChoiceField(Export.Format.choices)
    codebook = serializers.BooleanField(
        default=False,
        help_text="Put codebook.json beside a CSV or JSON lines file, both in a ZIP.",
    )
    names = serializers.BooleanField(
        default=False, help_text="Names and e-mail addresses; without, each candidate has an alias."
    )
    filters = AttemptFilters(
        required=False, help_text="Which attempts, as the list of attempts takes them; all without."
    )


class ExportSerializer(serializers.ModelSerializer[Export]):
    codebook = serializers.BooleanField(source="with_codebook", read_only=True)
    names = serializers.BooleanField(source="shows_names", read_only=True)
    attempts = serializers.IntegerField(
        source="total", read_only=True, allow_null=True, help_text="null until they are known."
    )
    attempts_read = serializers.IntegerField(source="done", read_only=True)
    rows = serializers.IntegerField(read_only=True, help_text="Made so far.")
    size = serializers.IntegerField(read_only=True, allow_null=True, help_text="Bytes.")
    made_at = serializers.DateTimeField(read_only=True, allow_null=True)
    expires_at = serializers.SerializerMethodField(help_text="When it is deleted.")
    file = serializers.SerializerMethodField(help_text="Its address, null until it is ready.")

    class Meta:
        model = Export
        fields = [
            "id", "kind", "format", "codebook", "names", "state", "failure", "attempts",
            "attempts_read", "rows", "size", "created_at", "made_at", "expires_at", "file",
        ]  # fmt: skip
        read_only_fields = fields

    def get_expires_at(self, export: Export) -> datetime:
        found: datetime = export.expires_at
        return found

    @extend_schema_field({"type": ["string", "null"], "format": "uri"})
    def get_file(self, export: Export) -> str | None:
        if not export.is_ready:
            return None
        return reverse("api:export-file", [export.pk], request=self.context.get("request"))


class ColumnSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="As it stands in the file.")
    title = serializers.CharField(help_text="As it stands in the files of the table at the desk.")
    type = serializers.ChoiceField([each.value for each in Type])
    unit = serializers.CharField(allow_blank=True)
    meaning = serializers.CharField()
    allowed = serializers.ListField(
        child=serializers.CharField(), help_text="All values there are; none where any may be."
    )
    missing = serializers.CharField(allow_blank=True, help_text='When it is empty, "" for never.')


class CodebookSerializer(serializers.Serializer[Any]):
    codebook = serializers.ChoiceField([FORM])
    export = serializers.UUIDField()
    kind = serializers.ChoiceField(Export.Kind.choices)
    row = serializers.CharField(help_text="What a row is.")
    created_at = serializers.DateTimeField()
    shows_names = serializers.BooleanField()
    columns = ColumnSerializer(many=True)


class ExportResource(Resource):
    scopes = {"GET": (Scope.READ,), "POST": (Scope.READ,), "DELETE": (Scope.READ,)}
    filters = ExportFilters
    serializer_class = detail_class = ExportSerializer

    def get_queryset(self) -> QuerySet[Export]:
        rows: QuerySet[Export] = Export.objects.of(self.caller.organisation)
        return rows

    @extend_schema(parameters=[ExportFilters])
    def list(self, request: Request) -> Response:
        """The exports of the organisation, the newest first"""
        return super().list(request)

    @extend_schema(parameters=[IF_NONE_MATCH], responses={200: ExportSerializer, 304: None})
    def retrieve(self, request: Request, pk: Any) -> Response:
        """One export, and how far it is"""
        return super().retrieve(request, pk)

    @extend_schema(parameters=[KEY], request=NewExportSerializer, responses={202: ExportSerializer})
    def create(self, request: Request) -> Response:
        """Have results written to a file. Follow the Location for progress."""
        body = NewExportSerializer(data=request.data)
        body.is_valid(raise_exception=True)

        asked = body.validated_data
        filters: Any = request.data.get("filters")  # type: ignore[union-attr]

        def ask() -> dict[str, Any]:
            export = exporting.ask_for_export(
                self.caller.organisation, by=self.caller.token, kind=asked["kind"],
                form=asked["format"], with_codebook=asked["codebook"],
                shows_names=asked["names"], tells_all=True,
                filters=filters or {},
            )  # fmt: skip
            return self.shown(export)

        try:
            answer = replayed(request, ask, 202)
        except exporting.TooManyExports as many:
            raise Conflict(str(many)) from many
        assert answer.data is not None
        answer.headers["Location"] = reverse(
            "api:export-detail", [answer.data["id"]], request=request
        )
        return answer

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: Any) -> Response:
        """Delete a file, or stop making it"""
        exporting.delete_export(self.get_row(pk), by=self.caller.token)
        return Response(status=204)

    @extend_schema(responses={(200, each): OpenApiTypes.BINARY for each in (*TYPES.values(), ZIP)})
    def file(self, request: Request, pk: Any) -> HttpResponseBase:
        """The file itself, once it is ready"""
        export = self.get_row(pk)
        answer = file_answer(export)
        if answer is None:
            if export.is_ready or not export.is_open:
                raise Http404
            raise Conflict("The file is being made.")
        exporting.note_download(export, by=self.caller.token)
        return answer

    @extend_schema(responses={200: CodebookSerializer})
    def codebook(self, request: Request, pk: Any) -> Response:
        """What the columns of a file mean; none until its attempts are known"""
        return Response(codebook(self.get_row(pk)))
