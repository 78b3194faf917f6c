"""What candidates did, and what became of it."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.actions import note_look
from assessments.api.conflicts import IF_NONE_MATCH
from assessments.api.filters import AttemptFilters
from assessments.api.outcomes import AnswerSerializer, AttemptReportSerializer
from assessments.api.pagination import LatestStarted
from assessments.api.resources import Resource, Scope
from assessments.api.serializers import AttemptDetailSerializer, AttemptSerializer
from assessments.api.sparse import FIELDS, fields_of
from assessments.models import Answer, Attempt


class AttemptResource(Resource):
    scopes = {"GET": (Scope.READ,)}
    sparse = True
    filters = AttemptFilters
    serializer_class = AttemptSerializer
    detail_class = AttemptDetailSerializer
    pagination_class = LatestStarted
    look = "report"

    @property
    def query(self) -> tuple[str, ...]:  # type: ignore[override]
        return (FIELDS,) if self.action == "answers" else super().query

    def get_queryset(self) -> QuerySet[Attempt]:
        rows: QuerySet[Attempt] = Attempt.objects.of(self.caller.organisation).with_candidate()
        return rows

    @extend_schema(parameters=[AttemptFilters, fields_of(AttemptSerializer)])
    def list(self, request: Request) -> Response:
        """The attempts of the organisation's candidates, the latest first"""
        return super().list(request)

    @extend_schema(parameters=[IF_NONE_MATCH], responses={200: AttemptDetailSerializer, 304: None})
    def retrieve(self, request: Request, pk: Any) -> Response:
        """One attempt, with its questions and their scores"""
        return super().retrieve(request, pk)

    @extend_schema(
        filters=False, parameters=[fields_of(AnswerSerializer)],
        responses={200: AnswerSerializer(many=True)},
    )  # fmt: skip
    def answers(self, request: Request, pk: Any) -> Response:
        """What a candidate entered, question by question"""
        attempt = self.get_row(pk)
        note_look(attempt, by=self.caller.token, what="answers")
        rows = Answer.objects.filter(attempt=attempt, question__in=attempt.questions)
        asked = rows.select_related("question__question_version__question")
        return Response(self.lines(AnswerSerializer, asked))

    @extend_schema(parameters=[IF_NONE_MATCH], responses={200: AttemptReportSerializer, 304: None})
    def report(self, request: Request, pk: Any) -> Response:
        """The scores of an attempt by part, how often it was reviewed, and what was decided"""
        attempt = self.get_row(pk)
        note_look(attempt, by=self.caller.token, what="report")
        shown = AttemptReportSerializer(attempt, context=self.get_serializer_context())
        return self.tagged(request, dict(shown.data))
