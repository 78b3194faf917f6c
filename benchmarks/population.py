"""Many attempts in a database, each a copy of one that was really sat, with scores of its own."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils.module_loading import import_string

TEMPLATE = "machine-learning-engineer-junior-short"
SOURCE = "def loss(*given):\n    return 0.0\n"
# A share that looks random, and is the same for the same words.
SHARE = "(('x' || substr(md5({words}), 1, 6))::bit(24)::int / 16777215.0)"
# One attempt in twenty goes on.
GOES_ON = "n % 20 = 0"
FAMILIES = ("values", "gradients", "stability", "edge_cases", "efficiency")


@dataclass(frozen=True, slots=True)
class World:
    """The one that was sat, and who looks at the copies."""

    user: Any
    attempt: Any

    def places(self) -> dict[str, str]:
        """What stands in the addresses of pages."""
        attempts = model("Attempt").objects.exclude(pk=self.attempt.pk).order_by("-started_at")
        keys = [str(key) for key in attempts.values_list("pk", flat=True)[1:7]]
        topic = self.attempt.part_scores.filter(kind="topic").order_by("weight").last()
        return {
            "attempt": keys[0],
            "six": "&".join(f"attempt={key}" for key in keys),
            "assessment": str(self.attempt.version.assessment_id),
            "topic": topic.key,
            "label": str(model("Label").objects.order_by("pk")[0].pk),
        }


def model(name: str) -> Any:
    return apps.get_model("assessments", name)


def begin() -> World:
    """Sit one attempt as candidates do, and let it be graded, with a report as graders send it."""
    organisation = model("Organisation").objects.create(name="Acme", slug="acme")
    user = model("User").objects.create_user("a@example.com")
    organisation.members.create(user=user, role="owner")
    template = import_string("questions.role_templates.shipped")()[TEMPLATE]
    version = action("assessment_from")(template, organisation)
    attempt = action("start_attempt")(action("invite")(version, "Ada 0", "ada0@example.com"))
    for question in version.questions.select_related("question_version"):
        answer(attempt, question)
    action("finish_attempt")(attempt)
    for name in ("shortlist", "phone", "second round", "ask again"):
        model("Label").objects.create(organisation=organisation, name=name)
    action("decide")([attempt], "hold", "One more talk.", user)
    for kind in ("focus_lost", "paste", "copy"):
        attempt.events.create(kind=kind, key=kind)
    return World(user, model("Attempt").objects.get(pk=attempt.pk))


def action(name: str) -> Any:
    return import_string(f"assessments.actions.{name}")


def answer(attempt: Any, question: Any) -> None:
    """Leave a row for the answer; hand in code that is graded at once."""
    if question.question_version.kind != "coding":
        model("Answer").objects.create(attempt=attempt, question=question)
        return
    code = action("submit_code")(attempt, question, SOURCE, "submit")
    family = {"passed": 10, "total": 20, "score": 0.5}
    checks = [
        {"family": name, "name": f"case {place}", "passed": place % 2 == 0,
         "detail": "`loss` is 2.5 at [0], expected 0.5 (ratio 5)."}
        for name in FAMILIES for place in range(20)
    ]  # fmt: skip
    report = {
        "task": code.task, "verdict": "partial", "score": 0.5,
        "families": dict.fromkeys(FAMILIES, family), "checks": checks, "error": None,
        "diagnosis": [], "seconds": {"wall": 0.1, "cpu": 0.1}, "seed": 1, "grader": "1.0",
    }  # fmt: skip
    action("store_report")(str(code.pk), code.ticket, report)


def grow(world: World, first: int, last: int) -> None:
    """Make the attempts of these numbers."""
    attempt, people = world.attempt, "md5('a' || n)::uuid"
    own = {"attempt_id": people}
    copy(attempt.invitation.candidate, first, last, id="md5('c' || n)::uuid",
         name="'Ada ' || n", email="'ada' || n || '@example.com'")  # fmt: skip
    copy(attempt.invitation, first, last, id="md5('i' || n)::uuid", token="md5('token' || n)",
         candidate_id="md5('c' || n)::uuid",
         state=f"CASE WHEN {GOES_ON} THEN 'started' ELSE 'finished' END")  # fmt: skip
    copy(attempt, first, last, **of_attempt(people))
    for each in attempt.answers.all():
        copy(each, first, last, **own, score=share(f"n || 'answer {each.pk}'"))
    for each in attempt.submissions.all():
        copy(each, first, last, **own, id=f"md5('s{each.question_id}' || n)::uuid")
    for each in attempt.part_scores.all():
        score = share(f"n || '{each.kind} {each.key}'")
        copy(each, first, last, **own, score=score, where=f"NOT {GOES_ON}")
    copy(attempt.decisions.get(), first, last, **own, where="n % 3 = 1",
         outcome="(array['advance', 'hold', 'decline'])[1 + n / 3 % 3]")  # fmt: skip
    for each in attempt.events.all():
        copy(each, first, last, **own, where="n % 4 = 1")
    label(first, last, people)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def of_attempt(key: str) -> dict[str, str]:
    over = f"now() - n * interval '1 minute' + ({share('n')}) * interval '20 minutes'"
    score = f"CASE WHEN NOT {GOES_ON} THEN {share(chr(39) + 'score' + chr(39) + ' || n')} END"
    return {
        "id": key,
        "invitation_id": "md5('i' || n)::uuid",
        "started_at": "now() - n * interval '1 minute'",
        "deadline": "now() - n * interval '1 minute' + interval '30 minutes'",
        "finished_at": f"CASE WHEN NOT {GOES_ON} THEN {over} END",
        "state": f"CASE WHEN {GOES_ON} THEN 'in_progress' ELSE 'finished' END",
        "score": score,
        "automatic": score,
    }


def share(words: str) -> str:
    return SHARE.format(words=f"({words})::text")


def copy(row: Any, first: int, last: int, *, where: str = "true", **changed: str) -> None:
    """Copy `row` once for each number n, with these columns made by SQL of n."""
    fields = [field for field in row._meta.concrete_fields if field.get_internal_type() not in AUTO]
    columns = {
        field.column: changed.get(field.column, f"p.{quoted(field.column)}") for field in fields
    }
    names = ", ".join(map(quoted, columns))
    table = quoted(row._meta.db_table)
    sql = (
        f"INSERT INTO {table} ({names}) SELECT {', '.join(columns.values())} "
        f"FROM {table} p, generate_series({first}, {last}) n WHERE p.id = %s AND {where}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("n % ", "n %% ").replace("/ 3 % 3", "/ 3 %% 3"), [row.pk])


AUTO = ("AutoField", "BigAutoField")


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def label(first: int, last: int, people: str) -> None:
    """Put one label on every second attempt."""
    labels = list(model("Label").objects.values_list("pk", flat=True))
    link = quoted(model("Label").attempts.through._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {link} (label_id, attempt_id) "
            f"SELECT (%s::int[])[1 + n / 2 %% {len(labels)}], {people} "
            f"FROM generate_series({first}, {last}) n WHERE n %% 2 = 0",
            [labels],
        )
