"""The Celery app of the Django side: storing reports and the periodic sweep.

Hostile code is graded by an app of its own, grader/worker.py, which knows nothing of this one.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("minima")
# The threads of a web server have no app of their own and would send to nowhere.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
