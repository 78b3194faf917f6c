"""The resources. Each names a queryset and calls an action."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import is_valid_path
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from assessments import doorbell
from assessments.actions import note_look, submit_for_api
from assessments.api import serializers, waiting
from assessments.api.authentication import Caller
from assessments.api.idempotency import HEADER, once
from assessments.api.pagination import LatestStarted, NewestFirst
from assessments.models import ApiToken, Attempt, Submission
from grader.catalogue import CATALOGUE, UnknownTask, get

READ, GRADE = ApiToken.Scope.READ, ApiToken.Scope.GRADE


@csrf_exempt
@login_not_required
def missing_slash(request: HttpRequest) -> HttpResponse:
    """Send the client on with its method and its body, which an ordinary redirect would drop."""
    if not is_valid_path(f"{request.path_info}/"):
        raise Http404
    return HttpResponsePermanentRedirect(
        request.get_full_path(force_append_slash=True), preserve_request=True
    )


class StrictQuery:
    """Refuses query parameters that the resource does not know, as bodies refuse fields."""

    query: tuple[str, ...] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        unknown = set(request.query_params) - set(self.query)
        if unknown and request.method in self.allowed_methods:  # type: ignore[attr-defined]
            raise ValidationError({name[:100]: "There is no such parameter." for name in unknown})

    @property
    def caller(self) -> Caller:
        return self.request.user  # type: ignore[attr-defined,no-any-return]


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


class SubmissionViewSet(StrictQuery, mixins.ListModelMixin, viewsets.GenericViewSet[Submission]):
    scopes = {"GET": (READ, GRADE), "POST": (GRADE,)}
    pagination_class = NewestFirst
    serializer_class = serializers.SubmissionLineSerializer

    @property
    def query(self) -> tuple[str, ...]:  # type: ignore[override]
        return ("wait",) if self.action == "retrieve" else ("cursor", "page_size")

    def get_queryset(self) -> QuerySet[Submission]:
        """What candidates handed in is a result: for that a token needs the scope to read."""
        rows = Submission.objects.of(self.caller.organisation).of_record()
        return rows if self.caller.has(READ) else rows.filter(purpose=Submission.Purpose.API)

    @extend_schema(
        request=serializers.NewSubmissionSerializer,
        parameters=[OpenApiParameter(HEADER, str, OpenApiParameter.HEADER)],
        responses={202: serializers.SubmissionSerializer},
    )
    def create(self, request: Request) -> Response:
        """Have code graded. Follow the Location to the report."""
        body = serializers.NewSubmissionSerializer(data=request.data)
        body.is_valid(raise_exception=True)

        def submit() -> dict[str, Any]:
            submission = submit_for_api(self.caller.organisation, **body.validated_data)
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
        submission = self.get_object()
        if seconds and not submission.is_graded:
            doorbell.wait(submission.pk, seconds)
            submission.refresh_from_db()
        return Response(serializers.SubmissionSerializer(submission).data)


@extend_schema_view(
    list=extend_schema(summary="The attempts of the organisation's candidates, the latest first"),
    retrieve=extend_schema(summary="One attempt, with its answers and their scores"),
)
class AttemptViewSet(StrictQuery, viewsets.ReadOnlyModelViewSet[Attempt]):
    """Attempts of the organisation's candidates, the latest first, with their scores."""

    scopes = {"GET": (READ,)}
    pagination_class = LatestStarted

    @property
    def query(self) -> tuple[str, ...]:  # type: ignore[override]
        return () if self.action == "retrieve" else ("cursor", "page_size")

    def get_queryset(self) -> QuerySet[Attempt]:
        return Attempt.objects.of(self.caller.organisation).with_candidate()

    def get_serializer_class(self) -> type[serializers.AttemptSerializer]:
        detail = self.action == "retrieve"
        return serializers.AttemptDetailSerializer if detail else serializers.AttemptSerializer

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        note_look(self.caller.organisation, by=self.caller.token, what="list")
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        attempt = self.get_object()
        note_look(attempt, by=self.caller.token, what="report")
        return Response(self.get_serializer(attempt).data)
