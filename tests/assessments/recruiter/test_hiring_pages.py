"""Hiring systems at the desk: connected, looked at, tried, told again, paused, removed."""

import json
import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from standardwebhooks.webhooks import Webhook

from assessments import actions
from assessments.actions.hiring_connections import Terms, add_connection
from assessments.actions.hiring_errors import Trouble, note_error
from assessments.actions.ordering import Wanted, place_order
from assessments.integrations.hiring.keys import basic_header
from assessments.models import HiringConnection, HiringError, HiringOrder, Invitation
from tests.assessments.conftest import words

pytestmark = pytest.mark.django_db
ASHBY_KEY = "ashby-secret-api-key"


@pytest.fixture
def owner(client, make_member):
    client.force_login(make_member("owner", email="o@acme.example"))
    return client


@pytest.fixture
def connection(organisation):
    terms = Terms(name="Research", settings={"hosts": ["greenhouse.io"]})
    return add_connection(organisation, "greenhouse", terms, by=None)[0]


def do(client, address, row, **data):
    return client.post(reverse(f"recruiter:{address}", args=[row.pk]), data, follow=True)


def values(response):
    return re.findall(r'readonly value="([^"]+)"', response.content.decode())


def test_an_owner_connects_a_system_and_its_key_is_shown_once(owner, version):
    page = reverse("recruiter:hiring_add", args=["greenhouse"])
    assert "greenhouse.io" in owner.get(page).content.decode()
    form = {"name": "Research", "hosts": "greenhouse.io", "days": "7", "language": "de"}
    response = owner.post(page, form | {"assessments": [str(version.assessment_id)]})

    key, *addresses = values(response)
    assert "no-store" in response["Cache-Control"]
    assert len(addresses) == 4
    connection = HiringConnection.objects.get()
    assert (connection.days, connection.language) == (7, "de")
    assert list(connection.assessments.all()) == [version.assessment]
    for name in ("hiring_list", "hiring_detail", "hiring_change"):
        args = [] if name == "hiring_list" else [connection.pk]
        shown = owner.get(reverse(f"recruiter:{name}", args=args)).content.decode()
        assert "Research" in shown
        assert key not in shown
    [address] = [each for each in addresses if each.endswith("list_tests")]
    path = address.partition("/integrations/")[2]
    header = {"authorization": basic_header(key)}
    listed = Client().get(f"/integrations/{path}", headers=header).json()
    assert [each["partner_test_name"] for each in listed] == ["First"]
    assert "o@acme.example connected the hiring connection “Research”: greenhouse" in words(
        owner.get("/desk/log/")
    )


def test_the_key_of_the_other_system_is_kept_and_shown_nowhere(owner):
    page = reverse("recruiter:hiring_add", args=["ashby"])
    form = {"name": "Ashby", "hosts": "api.ashbyhq.com", "days": "14"}
    assert owner.post(page, form | {"their_key": ASHBY_KEY}).status_code == 200
    connection = HiringConnection.objects.get()

    changed = do(owner, "hiring_change", connection, **form | {"name": "Ashby, all"})

    assert "Ashby, all" in words(changed)
    kept = HiringConnection.objects.get()
    assert (kept.their_key, ASHBY_KEY in kept.their_key) == (connection.their_key, False)
    for name in ("hiring_detail", "hiring_change"):
        shown = owner.get(reverse(f"recruiter:{name}", args=[kept.pk])).content.decode()
        assert ASHBY_KEY not in shown


@pytest.mark.parametrize("hosts", ["", "https://greenhouse.io", "a@b", "greenhouse.io:8080"])
def test_what_is_no_host_is_refused_with_the_reason(owner, hosts):
    form = {"name": "x", "days": "14", "hosts": hosts}

    response = owner.post(reverse("recruiter:hiring_add", args=["greenhouse"]), form)

    assert response.status_code == 422
    assert 'class="m-field-error"' in response.content.decode()
    assert not HiringConnection.objects.exists()


def test_orders_and_errors_are_listed_filtered_and_in_pages(
    owner, connection, version, django_assert_max_num_queries
):
    for number in range(52):
        wanted = Wanted(
            version.assessment, str(number), "Ada <b>", f"ada{number}@example.com",
            profile_url="javascript:alert(1)",
        )  # fmt: skip
        order, _ = place_order(connection, wanted)
        said = f"<script>{number}</script>"
        note_error(connection, Trouble(HiringError.Side.OURS, "tell", 500, said, "Wait.", order))
    HiringOrder.objects.filter(pk=order.pk).update(telling="failed")
    note_error(connection, Trouble(HiringError.Side.TOLD, "test_status", None, "No score."))
    orders = reverse("recruiter:hiring_orders", args=[connection.pk])
    errors = reverse("recruiter:hiring_errors", args=[connection.pk])

    with django_assert_max_num_queries(14):
        shown = owner.get(orders)
    assert words(shown).count("Ada <b>") == 50
    assert "<b>" not in shown.content.decode()
    assert "javascript:" not in shown.content.decode()
    assert words(owner.get(orders, {"page": 2})).count("Ada <b>") == 2
    assert words(owner.get(orders, {"telling": "failed"})).count("Ada <b>") == 1
    assert "No order" in words(owner.get(orders, {"telling": "delivered"}))
    with django_assert_max_num_queries(14):
        shown = owner.get(errors)
    assert "<script>5" not in shown.content.decode()
    assert words(owner.get(errors, {"side": "told"})).count("No score.") == 1
    assert words(owner.get(errors, {"page": 2})).count("<script>") == 3
    assert "All 52 orders" in words(owner.get(connection.get_absolute_url()))


def test_an_order_is_told_again_and_only_where_there_is_something_to_tell(
    owner, connection, version
):
    order, _ = place_order(connection, Wanted(version.assessment, "1", "Ada", "a@example.com"))
    assert "told nothing of that" in words(do(owner, "hiring_retry", order))
    attempt = actions.start_attempt(order.invitation)
    actions.finish_attempt(attempt)
    HiringOrder.objects.update(telling="failed", tries=9)

    assert "is told once more" in words(do(owner, "hiring_retry", order))

    order.refresh_from_db()
    assert (order.telling, order.tries) == ("pending", 0)


def test_a_connection_is_paused_goes_on_and_is_removed(owner, connection, version):
    place_order(connection, Wanted(version.assessment, "1", "Ada", "a@example.com"))

    assert "Paused since" in words(do(owner, "hiring_pause", connection))
    assert "works again" in words(do(owner, "hiring_resume", connection))
    assert "Until" in words(do(owner, "hiring_key", connection))
    assert "is removed" in words(do(owner, "hiring_remove", connection))
    assert not HiringConnection.objects.exists()
    assert Invitation.objects.count() == 1
    said = words(owner.get("/desk/log/"))
    assert "paused the hiring connection “Research”" in said
    assert "had Ada to “First” invited through Research" in said


STAGE = {
    "name": "Lever",
    "days": "14",
    "proof": "standard",
    "path_email": "data.contact.emails.0",
    "path_name": "data.contact.first data.contact.last",
    "path_key": "data.id",
    "path_stage": "data.stage",
    "stage_0": "Test",
}
SAMPLE = {
    "data": {
        "id": 71,
        "stage": "test",
        "contact": {"first": "Ada", "last": "Lovelace", "emails": ["ada@example.com"]},
    }
}


def test_any_other_system_is_set_up_tried_and_then_invites(owner, version):
    page = reverse("recruiter:hiring_add", args=["stage"])
    form = STAGE | {"assessment_0": str(version.assessment_id)}
    assert owner.post(page, STAGE).status_code == 422
    assert owner.post(page, form | {"stage_1": "Test"}).status_code == 422
    assert owner.post(page, form | {"proof": "hmac"}).status_code == 422
    secret, address = values(owner.post(page, form))
    connection = HiringConnection.objects.get()

    tried = words(do(owner, "hiring_try", connection, sample=json.dumps(SAMPLE)))
    assert "An invitation would be sent." in tried
    assert "Ada Lovelace" in tried
    lacks = words(do(owner, "hiring_try", connection, sample='{"data": {"stage": "Test"}}'))
    assert "data.id is missing." in lacks
    other = words(do(owner, "hiring_try", connection, sample='{"data": {"stage": "Offer"}}'))
    assert "Nobody would be invited" in other
    assert not Invitation.objects.exists()

    body, path = json.dumps(SAMPLE), "/integrations/" + address.partition("/integrations/")[2]
    assert Client().post(path, body, content_type="application/json").status_code == 401
    headers = signed_by(secret, body)
    answer = Client().post(path, body, content_type="application/json", headers=headers)
    assert answer.json()["outcome"] == "invited"
    assert "is there already" in words(do(owner, "hiring_try", connection, sample=body))
    changed = owner.get(reverse("recruiter:hiring_change", args=[connection.pk])).content.decode()
    assert 'value="Test"' in changed


def signed_by(secret, body):
    now = datetime.now(UTC)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", now, body),
    }
