"""The resources. Each names a queryset and calls an action."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import is_valid_path
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from assessments import doorbell
from assessments.actions import submit_by_token
from assessments.api import serializers, waiting
from assessments.api.filters import SubmissionFilters
from assessments.api.idempotency import KEY, once
from assessments.api.resources import Resource, StrictQuery
from assessments.api.sparse import fields_of
from assessments.api.throttling import within_quota
from assessments.models import ApiToken, Submission
from grader.catalogue import CATALOGUE, UnknownTask, get

READ, GRADE = ApiToken.Scope.READ, ApiToken.Scope.GRADE
SENT_BY_SYSTEMS = (Submission.Purpose.API, Submission.Purpose.BATCH)


@csrf_exempt
@login_not_required
def missing_slash(request: HttpRequest) -> HttpResponse:
    """Send the client on with its method and its body, which an ordinary redirect would drop."""
    if not is_valid_path(f"{request.path_info}/"):
        raise Http404
    return HttpResponsePermanentRedirect(
        request.get_full_path(force_append_slash=True), preserve_request=True
    )


class TaskList(StrictQuery, APIView):
    scopes = {"GET": (READ, GRADE)}

    @extend_schema(
        operation_id="tasks_list",
        responses={200: serializers.TaskSerializer(many=True)},
    )
    def get(self, request: Request) -> Response:
        """The tasks that code can be graded for."""
        return Response(serializers.TaskSerializer(CATALOGUE.values(), many=True).data)


class TaskDetail(StrictQuery, APIView):
    scopes = {"GET": (READ, GRADE)}

    @extend_schema(
        operation_id="tasks_retrieve",
        responses={200: serializers.TaskDetailSerializer},
    )
    def get(self, request: Request, slug: str) -> Response:
        """One task with its formula and rules."""
        try:
            return Response(serializers.TaskDetailSerializer(get(slug)).data)
        except UnknownTask as error:
            raise Http404 from error


class SubmissionResource(Resource):
    scopes = {"GET": (READ, GRADE), "POST": (GRADE,)}
    sparse = True
    filters = SubmissionFilters
    serializer_class = serializers.SubmissionLineSerializer

    @property
    def query(self) -> tuple[str, ...]:  # type: ignore[override]
        return ("wait",) if self.action == "retrieve" else super().query

    def get_queryset(self) -> QuerySet[Submission]:
        """What candidates handed in is a result: for that a token needs the scope to read."""
        rows = Submission.objects.of(self.caller.organisation).of_record()
        return rows if self.caller.has(READ) else rows.filter(purpose__in=SENT_BY_SYSTEMS)

    @extend_schema(parameters=[SubmissionFilters, fields_of(serializers.SubmissionLineSerializer)])
    def list(self, request: Request) -> Response:
        """The code that was sent to be graded, the newest first, without its reports"""
        return super().list(request)

    @extend_schema(
        request=serializers.NewSubmissionSerializer,
        parameters=[KEY],
        responses={202: serializers.SubmissionSerializer},
    )
    def create(self, request: Request) -> Response:
        """Have code graded. Follow the Location to the report."""
        body = serializers.NewSubmissionSerializer(data=request.data)
        body.is_valid(raise_exception=True)

        def submit() -> dict[str, Any]:
            with within_quota():
                submission = submit_by_token(self.caller.token, **body.validated_data)
            return dict(serializers.SubmissionSerializer(submission).data)

        answer, replayed = once(request, submit)
        headers = {"Location": reverse("api:submission-detail", [answer["id"]], request=request)}
        if replayed:
            headers["Idempotent-Replayed"] = "true"
        return Response(answer, status=202, headers=headers)

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "wait",
                {"type": "integer", "minimum": 0, "maximum": 9999},
                description="Wait so many seconds for the report, 25 at most.",
            ),
            OpenApiParameter("Prefer", str, OpenApiParameter.HEADER, description="wait=20"),
        ],
        responses={200: serializers.SubmissionSerializer},
    )
    def retrieve(self, request: Request, pk: str) -> Response:
        """A submission, with its report once it is graded."""
        seconds = waiting.asked(request)
        submission = self.get_row(pk)
        if seconds and not submission.is_graded:
            doorbell.wait(submission.pk, seconds)
            submission.refresh_from_db()
        return Response(serializers.SubmissionSerializer(submission).data)
