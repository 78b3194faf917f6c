import django.db.models.deletion
from django.db import migrations, models

import questions.kinds


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Topic",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(unique=True)),
                ("title", models.CharField(max_length=120)),
            ],
            options={
                "ordering": ["title"],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=100, unique=True)),
                (
                    "difficulty",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Easy"), (2, "Medium"), (3, "Hard")], default=2
                    ),
                ),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        default=5, help_text="How long it usually takes."
                    ),
                ),
                (
                    "topics",
                    models.ManyToManyField(
                        blank=True, related_name="questions", to="questions.topic"
                    ),
                ),
            ],
            options={
                "ordering": ["slug"],
            },
        ),
        migrations.CreateModel(
            name="QuestionVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("kind", models.CharField(choices=questions.kinds.choices, max_length=30)),
                ("title", models.CharField(max_length=200)),
                ("content", models.JSONField()),
                ("digest", models.CharField(editable=False, max_length=64)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("in_review", "in review"),
                            ("published", "Published"),
                            ("retired", "Retired"),
                            ("leaked", "Leaked"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="questions.question",
                    ),
                ),
            ],
            options={
                "ordering": ["question", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("question", "number"), name="question_version_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("published_at__isnull", True),
                                ("status__in", ["draft", "in_review"]),
                            ),
                            models.Q(
                                ("published_at__isnull", False),
                                ("status__in", ["published", "retired", "leaked"]),
                            ),
                            _connector="OR",
                        ),
                        name="question_version_published_has_a_time",
                    ),
                ],
            },
        ),
    ]
