from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0012_automatic_scores"),
    ]

    operations = [
        migrations.AddField(
            model_name="savedview",
            name="first_for",
            field=models.ManyToManyField(
                blank=True, related_name="first_views", to=settings.AUTH_USER_MODEL
            ),
        ),
    ]
