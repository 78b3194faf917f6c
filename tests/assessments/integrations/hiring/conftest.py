"""Connections to hiring systems, and those systems as they speak to us."""

import json

import pytest
from django.test import Client

from assessments import actions
from assessments.actions.hiring_connections import Terms, add_connection
from assessments.integrations.hiring.keys import basic_header
from assessments.models import HiringOrder
from tests.assessments.conftest import SOURCE, make_report


class System:
    """A system that calls with its key; each answer is (status, JSON)."""

    def __init__(self, connection, key, base):
        self.connection, self.key, self.base = connection, key, base
        self.client = Client(raise_request_exception=False)
        self.authorization = basic_header(key)

    def __call__(self, method, path, body=None, **headers):
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        sent = {"data": data, "content_type": "application/json"} if method != "GET" else {}
        answer = getattr(self.client, method.lower())(
            f"{self.base}{path}", headers={"authorization": self.authorization} | headers, **sent
        )
        self.answer = answer
        return answer.status_code, json.loads(answer.content)


@pytest.fixture
def connect(organisation):
    """Makes a connection to a system, and returns the system."""

    def make(system="greenhouse", organisation=organisation, **terms):
        connection, key = add_connection(
            organisation, system, Terms(name=terms.pop("name", "Ours"), **terms), by=None
        )
        return System(connection, key, f"/integrations/{system}/v1/")

    return make


@pytest.fixture
def sit():
    """Sits the attempt of an order, and has it scored; returns the order as it is then."""

    def sat(order, score=0.5):
        attempt = actions.start_attempt(order.invitation)
        choice, coding = attempt.version.questions.order_by("position")
        actions.save_answer(attempt, choice, {"option": "a"}, 0)
        sent = actions.submit_code(attempt, coding, SOURCE, "submit")
        actions.finish_attempt(attempt)
        actions.store_report(str(sent.pk), sent.ticket, make_report(score))
        return HiringOrder.objects.with_invitation().get(pk=order.pk)

    return sat
