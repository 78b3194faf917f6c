import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0009_the_desk"),
    ]

    operations = [
        migrations.CreateModel(
            name="TokenMinute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("minute", models.PositiveIntegerField()),
                ("asked", models.PositiveIntegerField()),
                (
                    "token",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="minute",
                        to="assessments.apitoken",
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="submission",
            name="submission_has_an_owner",
        ),
        migrations.AlterField(
            model_name="submission",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("run", "sample checks for the candidate"),
                    ("submit", "handed in by the candidate"),
                    ("api", "sent by another system"),
                    ("batch", "sent by another system, with others"),
                    ("practice", "tried out before the sitting"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("attempt", None),
                        ("practice", None),
                        ("purpose__in", ["api", "batch"]),
                        ("question", None),
                    ),
                    models.Q(
                        ("attempt", None),
                        ("practice__isnull", False),
                        ("purpose", "practice"),
                        ("question", None),
                    ),
                    models.Q(
                        ("attempt__isnull", False),
                        ("practice", None),
                        ("purpose__in", ["run", "submit"]),
                        ("question__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="submission_has_an_owner",
            ),
        ),
        migrations.CreateModel(
            name="HiringConnection",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "system",
                    models.CharField(
                        choices=[
                            ("greenhouse", "Greenhouse"),
                            ("ashby", "Ashby"),
                            ("workable", "Workable"),
                            ("stage", "Any other system"),
                        ],
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("key_digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("key", models.TextField(editable=False)),
                (
                    "previous_digest",
                    models.CharField(blank=True, db_index=True, editable=False, max_length=64),
                ),
                ("previous_key", models.TextField(blank=True, editable=False)),
                ("previous_until", models.DateTimeField(blank=True, null=True)),
                ("their_key", models.TextField(blank=True, editable=False)),
                ("settings", models.JSONField(blank=True, default=dict)),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(90),
                        ],
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=10)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("paused_at", models.DateTimeField(blank=True, null=True)),
                ("called_at", models.DateTimeField(blank=True, null=True)),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                ("failing_since", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.CharField(blank=True, max_length=300)),
                ("troubles", models.PositiveIntegerField(default=0)),
                ("rests_until", models.DateTimeField(blank=True, null=True)),
                ("served_until", models.DateTimeField(blank=True, null=True)),
                (
                    "assessments",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="assessments.assessment"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hiring_connections",
                        to="assessments.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="HiringOrder",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("natural_key", models.CharField(max_length=500)),
                ("name", models.CharField(max_length=200)),
                ("email", models.EmailField(max_length=254)),
                ("profile_url", models.CharField(blank=True, max_length=1000)),
                ("callback_url", models.CharField(blank=True, max_length=1000)),
                ("reference", models.JSONField(blank=True, default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("invited", "invited"),
                            ("started", "started"),
                            ("finished", "waits for its score"),
                            ("completed", "has a score"),
                            ("expired", "expired"),
                            ("cancelled", "cancelled"),
                            ("erased", "erased"),
                        ],
                        default="invited",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("score", models.FloatField(blank=True, null=True)),
                (
                    "telling",
                    models.CharField(
                        choices=[
                            ("nothing", "nothing to tell"),
                            ("pending", "is being told"),
                            ("delivered", "told"),
                            ("failed", "could not be told"),
                        ],
                        default="nothing",
                        max_length=10,
                    ),
                ),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="orders",
                        to="assessments.hiringconnection",
                    ),
                ),
                (
                    "invitation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="order",
                        to="assessments.invitation",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="HiringError",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("in", "they called us"),
                            ("out", "we called them"),
                            ("told", "they told us of it"),
                        ],
                        max_length=4,
                    ),
                ),
                ("called", models.CharField(max_length=300)),
                ("status", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("answer", models.TextField(blank=True)),
                ("remedy", models.CharField(blank=True, max_length=300)),
                ("times", models.PositiveIntegerField(default=1)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="errors",
                        to="assessments.hiringconnection",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="errors",
                        to="assessments.hiringorder",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="HiringMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="assessments.hiringconnection",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("connection", "digest"), name="hiring_message_once"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="hiringorder",
            index=models.Index(
                condition=models.Q(("telling", "pending")),
                fields=["connection", "due_at", "id"],
                name="hiring_order_due",
            ),
        ),
        migrations.AddIndex(
            model_name="hiringorder",
            index=models.Index(fields=["connection", "-created_at"], name="hiring_order_newest"),
        ),
        migrations.AddConstraint(
            model_name="hiringorder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["cancelled", "erased"]), _negated=True),
                fields=("connection", "natural_key"),
                name="hiring_order_once",
            ),
        ),
        migrations.AddIndex(
            model_name="hiringerror",
            index=models.Index(fields=["connection", "-at"], name="hiring_error_newest"),
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("attempts", "one row an attempt"),
                            ("answers", "one row an answer"),
                            ("checks", "one row a check"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("csv", "CSV"),
                            ("xlsx", "Excel (XLSX)"),
                            ("parquet", "Parquet"),
                            ("jsonl", "JSON lines"),
                        ],
                        max_length=10,
                    ),
                ),
                ("with_codebook", models.BooleanField(default=False)),
                ("query", models.TextField(blank=True)),
                ("filters", models.JSONField(blank=True, null=True)),
                ("shows_names", models.BooleanField(default=False)),
                ("tells_all", models.BooleanField(default=False)),
                ("columns", models.JSONField(blank=True, default=list)),
                ("versions", models.JSONField(blank=True, default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("reading", "being read"),
                            ("writing", "being written"),
                            ("ready", "Ready"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("failure", models.CharField(blank=True, max_length=200)),
                ("total", models.PositiveIntegerField(blank=True, null=True)),
                ("done", models.PositiveIntegerField(default=0)),
                ("rows", models.PositiveBigIntegerField(default=0)),
                ("size", models.PositiveBigIntegerField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("moved_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("made_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exports",
                        to="assessments.organisation",
                    ),
                ),
                (
                    "token",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="assessments.apitoken",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ExportedAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                (
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="assessments.attempt",
                    ),
                ),
                (
                    "export",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="places",
                        to="assessments.export",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="export",
            name="attempts",
            field=models.ManyToManyField(
                blank=True,
                related_name="exports",
                through="assessments.ExportedAttempt",
                to="assessments.attempt",
            ),
        ),
        migrations.CreateModel(
            name="ExportPiece",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("of_file", models.BooleanField(default=False)),
                ("position", models.PositiveIntegerField()),
                ("data", models.BinaryField()),
                (
                    "export",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pieces",
                        to="assessments.export",
                    ),
                ),
            ],
            options={
                "ordering": ["export", "of_file", "position"],
            },
        ),
        migrations.AddConstraint(
            model_name="exportedattempt",
            constraint=models.UniqueConstraint(
                fields=("export", "position"), name="export_place_once"
            ),
        ),
        migrations.AddIndex(
            model_name="export",
            index=models.Index(fields=["organisation", "-created_at", "-id"], name="export_newest"),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("total__isnull", True), ("done__lte", models.F("total")), _connector="OR"
                ),
                name="export_done_within_total",
            ),
        ),
        migrations.AddConstraint(
            model_name="exportpiece",
            constraint=models.UniqueConstraint(
                fields=("export", "of_file", "position"), name="export_piece_once"
            ),
        ),
        migrations.AddField(
            model_name="attempt",
            name="at_position",
            field=models.PositiveSmallIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["-made_at", "-id"], name="decision_latest"),
        ),
    ]
