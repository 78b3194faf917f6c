"""What goes over the wire, and what is refused."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from assessments.api.strict import WORDS, StrictSerializer
from assessments.models import AssessmentQuestion, Attempt, Candidate, Submission
from assessments.reports import SCHEMA
from grader.catalogue import CATALOGUE
from questions.kinds.coding import SOURCE_BYTES, check_source


@extend_schema_field({"type": "string", "enum": list(CATALOGUE)})
class TaskField(serializers.Field[str, str, str, Any]):
    """The slug of a task of the catalogue."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in CATALOGUE:
            raise serializers.ValidationError(
                "There is no such task; GET /api/v1/tasks/ lists them."
            )
        return data

    def to_representation(self, value: str) -> str:
        return value


@extend_schema_field({"type": "string", "pattern": WORDS, "maxLength": SOURCE_BYTES})
class SourceField(serializers.Field[str, str, str, Any]):
    """A Python module, kept as it was typed: leading spaces are syntax."""

    def to_internal_value(self, data: Any) -> str:
        try:
            check_source(data)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error
        if not data.strip():
            raise serializers.ValidationError("The source is empty.")
        return str(data)

    def to_representation(self, value: str) -> str:
        return value


class NewSubmissionSerializer(StrictSerializer):
    task = TaskField()
    source = SourceField()  # type: ignore[assignment]


@extend_schema_field({**SCHEMA, "type": ["object", "null"]})
class ReportField(serializers.JSONField):
    """The report of design: verdict, score, families, checks, error, diagnosis, seconds."""


class SubmissionSerializer(serializers.ModelSerializer[Submission]):
    report = ReportField(read_only=True)

    class Meta:
        model = Submission
        fields = ["id", "task", "status", "created_at", "graded_at", "report"]
        read_only_fields = fields


class SubmissionLineSerializer(serializers.ModelSerializer[Submission]):
    """A submission in a list: its result without the report."""

    verdict = serializers.SerializerMethodField()

    class Meta:
        model = Submission
        fields = ["id", "task", "purpose", "status", "created_at", "graded_at", "verdict", "score"]
        read_only_fields = fields

    @extend_schema_field({"type": ["string", "null"], "enum": [*Submission.Verdict.values, None]})
    def get_verdict(self, submission: Submission) -> str | None:
        return submission.verdict or None


class TaskSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    title = serializers.CharField()
    signature = serializers.CharField()
    sentence = serializers.CharField()


class TaskDetailSerializer(TaskSerializer):
    functions = serializers.ListField(child=serializers.CharField())
    formula = serializers.CharField(help_text="LaTeX, without delimiters.")
    domain = serializers.CharField()
    rules = serializers.ListField(child=serializers.CharField())


class CandidateSerializer(serializers.ModelSerializer[Candidate]):
    class Meta:
        model = Candidate
        fields = ["id", "name", "email"]
        read_only_fields = fields


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    candidate = CandidateSerializer(source="invitation.candidate", read_only=True)
    assessment = serializers.UUIDField(
        source="invitation.assessment_version.assessment_id", read_only=True
    )
    title = serializers.CharField(source="invitation.assessment_version.title", read_only=True)
    version = serializers.IntegerField(
        source="invitation.assessment_version.number", read_only=True
    )
    passed = serializers.BooleanField(read_only=True, allow_null=True)
    report_url = serializers.SerializerMethodField()

    class Meta:
        model = Attempt
        fields = [
            "id", "invitation", "assessment", "title", "version", "candidate", "state",
            "started_at", "finished_at", "score", "passed", "report_url",
        ]  # fmt: skip
        read_only_fields = fields

    def get_report_url(self, attempt: Attempt) -> str:
        """The page that a recruiter reads."""
        return str(self.context["request"].build_absolute_uri(attempt.get_absolute_url()))


class AnsweredQuestionSerializer(serializers.ModelSerializer[AssessmentQuestion]):
    question = serializers.CharField(source="question_version.question.slug", read_only=True)
    number = serializers.IntegerField(source="question_version.number", read_only=True)
    kind = serializers.CharField(source="question_version.kind", read_only=True)
    title = serializers.CharField(source="question_version.title", read_only=True)
    answered = serializers.SerializerMethodField()
    score = serializers.SerializerMethodField()
    submissions = serializers.SerializerMethodField()

    class Meta:
        model = AssessmentQuestion
        fields = [
            "position", "question", "number", "kind", "title", "weight", "answered", "score",
            "submissions",
        ]  # fmt: skip
        read_only_fields = fields

    def get_answered(self, question: AssessmentQuestion) -> bool:
        return question.pk in self.context["answers"]

    def get_score(self, question: AssessmentQuestion) -> float | None:
        answer = self.context["answers"].get(question.pk)
        return answer.score if answer else None

    def get_submissions(self, question: AssessmentQuestion) -> list[str]:
        return [str(pk) for pk in self.context["submissions"].get(question.pk, [])]


class AttemptDetailSerializer(AttemptSerializer):
    questions = serializers.SerializerMethodField()

    class Meta(AttemptSerializer.Meta):
        fields = [*AttemptSerializer.Meta.fields, "questions"]
        read_only_fields = fields

    @extend_schema_field(AnsweredQuestionSerializer(many=True))
    def get_questions(self, attempt: Attempt) -> Any:
        questions = attempt.questions.select_related("question_version__question")
        submissions: dict[int, list[Any]] = {}
        for question, pk in attempt.submissions.counted().values_list("question_id", "id"):
            submissions.setdefault(question, []).append(pk)
        context = {
            "answers": {answer.question_id: answer for answer in attempt.answers.all()},
            "submissions": submissions,
        }
        return AnsweredQuestionSerializer(questions, many=True, context=context).data
