"""Grading in bulk: one request in, progress while it goes on, results page by page."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from assessments.actions import submit_batch
from assessments.api.filters import BatchFilters
from assessments.api.idempotency import KEY, replayed
from assessments.api.resources import PAGE, Resource, Scope
from assessments.api.serializers import NewSubmissionSerializer, SubmissionSerializer
from assessments.api.strict import NameField, StrictSerializer
from assessments.api.throttling import within_quota
from assessments.api.wire import BatchParser
from assessments.models import Batch, BatchItem, Submission


class NewItemSerializer(NewSubmissionSerializer):
    id = NameField(required=False, help_text="What you call it; it comes back in the results.")


class NewBatchSerializer(StrictSerializer):
    items = serializers.ListField(child=NewItemSerializer(), min_length=1, max_length=Batch.MOST)


class BatchSerializer(serializers.ModelSerializer[Batch]):
    graded = serializers.IntegerField(read_only=True)
    finished_at = serializers.SerializerMethodField(help_text="null while some wait.")

    class Meta:
        model = Batch
        fields = ["id", "created_at", "total", "graded", "finished_at"]
        read_only_fields = fields

    def get_finished_at(self, batch: Any) -> datetime | None:
        return batch.last_at if batch.graded == batch.total else None


class ResultSerializer(serializers.ModelSerializer[BatchItem]):
    id = serializers.CharField(source="name", read_only=True, help_text="As you called it.")
    submission = SubmissionSerializer(read_only=True)

    class Meta:
        model = BatchItem
        fields = ["position", "id", "submission"]
        read_only_fields = fields


class BatchResource(Resource):
    filters = BatchFilters
    scopes = {"GET": (Scope.GRADE,), "POST": (Scope.GRADE,)}
    serializer_class = detail_class = BatchSerializer
    parser_classes = [BatchParser]

    @property
    def query(self) -> tuple[str, ...]:  # type: ignore[override]
        return PAGE if self.action == "results" else super().query

    def get_queryset(self) -> QuerySet[Batch]:
        graded = Q(items__submission__status=Submission.Status.GRADED)
        rows: QuerySet[Batch] = Batch.objects.of(self.caller.organisation)
        return rows.annotate(
            graded=Count("items", filter=graded), last_at=Max("items__submission__graded_at")
        )

    @extend_schema(parameters=[BatchFilters])
    def list(self, request: Request) -> Response:
        """The batches of the organisation, the newest first"""
        return super().list(request)

    def retrieve(self, request: Request, pk: Any) -> Response:
        """One batch, and how much of it is graded"""
        return super().retrieve(request, pk)

    @extend_schema(parameters=[KEY], request=NewBatchSerializer, responses={202: BatchSerializer})
    def create(self, request: Request) -> Response:
        """Have up to 1,000 modules graded. Follow the Location for progress."""
        body = NewBatchSerializer(data=request.data)
        body.is_valid(raise_exception=True)

        def submit() -> dict[str, Any]:
            with within_quota():
                batch = submit_batch(self.caller.token, body.validated_data["items"])
            return self.shown(self.get_row(batch.pk))

        answer = replayed(request, submit, 202)
        assert answer.data is not None
        answer.headers["Location"] = reverse(
            "api:batch-detail", [answer.data["id"]], request=request
        )
        return answer

    @extend_schema(responses={200: ResultSerializer(many=True)})
    def results(self, request: Request, pk: Any) -> Response:
        """The items of a batch in their order, each with its report once it is graded"""
        rows = BatchItem.objects.filter(batch=self.get_row(pk)).select_related("submission")
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(ResultSerializer(page, many=True).data)
