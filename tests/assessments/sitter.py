"""A candidate of a running product, over HTTP: no browser, but its requests."""

import re
import subprocess
import sys
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from tests.assessments.installation import ROOT

INVITE = """\
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
from django.core.management import call_command
from assessments.actions import invite
from assessments.models import AssessmentVersion
call_command("collectstatic", interactive=False, verbosity=0)
print(invite(AssessmentVersion.objects.get(), "Ada", "ada@example.com").get_absolute_url())
"""


class Sitter:
    """Someone in the middle of the demo's assessment."""

    def __init__(self, installation):
        self.address = f"http://localhost:{installation.port}"
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        made = subprocess.run(
            [sys.executable, "-c", INVITE],
            env=installation.environment, cwd=ROOT, check=True, capture_output=True, text=True,
        )  # fmt: skip
        self.link = made.stdout.strip().splitlines()[-1]
        self.open(self.link)
        self.open(f"{self.link}start/", {"consent": "on"})

    def open(self, path, fields=None, **headers):
        if fields is not None:
            token = next(each.value for each in self.cookies if each.name == "csrftoken")
            fields = urllib.parse.urlencode(fields | {"csrfmiddlewaretoken": token}).encode()
        request = urllib.request.Request(
            self.address + path, fields, {"Referer": self.address, **headers}
        )
        with self.opener.open(request, timeout=40) as response:
            return response.read().decode()

    def run(self, source):
        """Press Run with the example as inputs, and wait for the result as the page does."""
        htmx = {"HX-Request": "true"}
        fields = {"source": source, "inputs.y_true": "[1, 2]", "inputs.y_pred": "[1.5, 5]"}
        page = self.open(f"{self.link}questions/2/run/", fields, **htmx)
        while found := re.search(r'hx-get="([^"]+\?wait)"', page):
            page = self.open(found[1], **htmx)
        return page
