"""Which role may do what at the desk: one line for each address.

    Row("revoke", "invitation", post=INVITES)

reads: the address of that name, for the invitation of the world below, is for owners and
recruiters to POST to, who are sent on (302) then; every other member gets a 404, GET is not
offered (405), a member of another organisation gets a 404, and whoever is not signed in is asked
to. An address without a row of the world is there for a member of another organisation as it is
for an owner here.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from django.conf import settings

from assessments.actions import versioning
from assessments.models import Member
from tests.assessments.recruiter.permission_world import HIRING, HOOK, World

SIGN_IN = "to the sign-in page"

EVERYBODY = frozenset(Member.Role)
SEES = frozenset(Member.SEES_CANDIDATES)
REVIEWS = frozenset(Member.REVIEWS)
INVITES = frozenset(Member.INVITES)
WRITES = frozenset(Member.WRITES)
RUNS = frozenset(Member.RUNS)
# None of the visitors: each of them gets a 404.
ITS_AUTHOR = frozenset({"its author"})


class Row(NamedTuple):
    """What an address answers.

    Attributes:
        name: of the URL; in the desk's own namespace, unless it names another.
        of: the property of `World` that the address is about.
        get: who is given the page; nobody where GET is not offered.
        post: who may POST to it; nobody where POST is not offered.
        data: what is posted, where an empty form would be refused; or a function of the world.
        shows: the status of a page that is given.
        does: the status of a POST that is carried out; 422 is a form that was read and refused.
        foreign: what a member of another organisation gets, where it is not as described above.
        open: whether it is there without signing in.
        nobody: what a POST without signing in answers then, where it is another than `does`.
    """

    name: str
    of: str = ""
    get: Collection[str] = ()
    post: Collection[str] = ()
    data: Mapping[str, Any] | Callable[["World"], Mapping[str, Any]] = {}
    shows: int = 200
    does: int = 302
    foreign: int | None = None
    open: bool = False
    nobody: int | None = None


PEOPLE = {"people": "Emmy <emmy@example.org>", "days": 7}
LINK = {"name": "Careers", "cap": 5, "open_days": 9, "days": 7}
PERSON = {"name": "Grace", "email": "grace@example.org", "days": 7}
GRANTED = {"decision": "grant", "extra_percent": "25"}
NEW_MEMBER = {"email": "newer@acme.example", "role": "author"}
NEWCOMER = {"name": "Nia", "password": "correct horse battery"}
PROVIDER = {
    "name": "Okta",
    "server_url": "https://login.acme.example",
    "client_id": "minima",
    "secret": "secret",
}
SETTINGS = {"name": "Acme", "contact_email": "", "retention_days": "365"}

TABLE = [
    Row("dashboard", get=EVERYBODY),
    Row("assessment_list", get=SEES),
    Row("new_assessment", get=INVITES, post=INVITES, data={"title": "Losses"}),
    Row("new_version", "assessment", post=INVITES),
    Row("archive", "assessment", post=INVITES),
    Row("unarchive", "assessment", post=INVITES),
    Row("closing", "assessment", post=INVITES),
    Row("version", "draft", get=SEES),
    Row("look", "draft_question", get=SEES),
    Row("preview", "draft", post=SEES),
    Row("clone", "draft", post=INVITES),
    Row("discard", "draft", post=INVITES),
    Row(
        "publish",
        "draft",
        get=INVITES,
        post=INVITES,
        data=lambda world: {"shown": versioning.fingerprint(world.draft_version)},
    ),
    Row("edit_version", "draft", get=INVITES),
    Row("save_texts", "draft", post=INVITES, does=422),
    Row("save_settings", "draft", post=INVITES, does=422),
    Row("save_questions", "draft", post=INVITES, data={"do": "add-section:0"}),
    Row("pick", "draft", get=INVITES, post=INVITES, does=422),
    Row("new_pool", "draft", get=INVITES, post=INVITES, does=422),
    Row("assessment_detail", "assessment", get=SEES),
    Row("assessment_questions", "assessment", get=SEES),
    Row("invitation_list", "assessment", get=INVITES),
    Row("act_on_invitations", "assessment", post=INVITES),
    Row("invite", "assessment", get=INVITES, post=INVITES, data=PERSON),
    Row("new_list", "assessment", get=INVITES, post=INVITES, data=PEOPLE),
    Row("list_detail", "people", get=INVITES, post=INVITES),
    Row("list_left_out", "people", get=INVITES),
    Row("link_list", "assessment", get=INVITES, post=INVITES, data=LINK),
    Row("change_link", "link", post=INVITES, data=LINK),
    Row("close_link", "link", post=INVITES),
    Row("reopen_link", "link", post=INVITES),
    Row("joining:join", "join", get=EVERYBODY, post=EVERYBODY, data=PERSON, open=True),
    Row("joining:joined", "join", get=EVERYBODY, open=True),
    Row("send", "invitation", post=INVITES),
    Row("extend", "invitation", post=INVITES, data={"days": 7}),
    Row("revoke", "invitation", post=INVITES),
    Row("accommodations", "invitation", get=INVITES, post=INVITES, data={"extra_percent": "25"}),
    Row("more_time", "invitation", post=INVITES, data={"minutes": 10}),
    Row("send_again", "email", post=INVITES),
    Row("request_list", get=INVITES),
    Row("answer_accommodation", "asked", post=INVITES, data=GRANTED),
    Row("answer_problem", "problem", post=INVITES),
    Row("erase", "erasure", post=INVITES),
    Row(
        "switch",
        post=EVERYBODY,
        data=lambda world: {"organisation": world.organisation.slug},
        foreign=404,
    ),
    Row("account", get=EVERYBODY, post=EVERYBODY, data={"name": "Robin"}),
    Row(
        "leave",
        post=EVERYBODY,
        data=lambda world: {"organisation": world.organisation.slug},
        foreign=404,
    ),
    Row("member_list", "slug", get=RUNS, post=RUNS, data=NEW_MEMBER),
    Row("sign_in_rules", "slug", post=RUNS),
    Row("token_list", get=RUNS, post=RUNS, data={"name": "x", "scopes": ["read"]}),
    Row("token_revoke", "token", post=RUNS),
    Row("member_role", "member", post=RUNS, data={"role": "author"}),
    Row("member_remove", "member", post=RUNS),
    Row("member_send", "member_invitation", post=RUNS),
    Row("member_revoke", "member_invitation", post=RUNS),
    Row("single_sign_on", "slug", get=RUNS, post=RUNS, data=PROVIDER),
    Row("single_sign_on_remove", "slug", post=RUNS),
    *(
        [
            Row("sign_on_by_saml", "slug", get=RUNS, post=RUNS, data={"name": "Okta"}, does=422),
            Row("sign_on_by_saml_remove", "slug", post=RUNS),
        ]
        if settings.SAML
        else []
    ),
    Row("sign_on", get=EVERYBODY, open=True),
    # Who is signed in with another address is told so; who has no account yet gets one.
    Row(
        "welcome",
        "secret",
        get=EVERYBODY,
        post=EVERYBODY,
        data=NEWCOMER,
        does=200,
        nobody=302,
        open=True,
    ),
    Row("organisation", get=RUNS, post=RUNS, data=SETTINGS),
    Row("organisation_of", "slug", get=RUNS, post=RUNS, data=SETTINGS),
    Row("log", get=RUNS),
    Row("log_export", get=RUNS),
    Row("outcomes", get=INVITES),
    Row("outcomes_export", get=INVITES),
    Row("candidate", "candidate", get=INVITES),
    Row("candidate_copy", "candidate", post=INVITES, does=200),
    Row(
        "candidate_erase",
        "candidate",
        post=INVITES,
        data=lambda world: {"typed": world.candidate.email},
    ),
    Row("attempt_list", get=EVERYBODY),
    # Files of one's own organisation: a stranger's holds nobody.
    Row("attempt_export", get=SEES, post=SEES, data={"format": "csv"}),
    Row("attempt_bulk", post=SEES),
    Row("export_list", get=SEES),
    Row("export_new", get=SEES, post=SEES, data={"kind": "attempts", "format": "csv"}),
    # It tells what those who only score aren't told.
    Row("export_detail", "export", get=INVITES),
    Row("export_file", "export", get=INVITES),
    Row("export_codebook", "export", get=INVITES),
    Row("export_delete", "export", post=INVITES),
    Row("anonymous", post=INVITES),  # reviewers have no choice here
    Row("compare", get=SEES),
    Row("label_list", get=INVITES, post=INVITES, data={"name": "shortlist"}),
    Row("label_rename", "label", post=INVITES, data={"name": "longlist"}),
    Row("label_delete", "label", post=INVITES),
    Row("view_save", post=SEES, data={"name": "Mine", "query": ""}),
    Row("view_open_with", "saved_view", post=SEES, data={"opens": "yes"}),
    Row("view_delete", "saved_view", post=INVITES),  # it is shared, and a colleague's
    Row("attempt_detail", "attempt", get=SEES),
    Row("attempt_standing", "attempt", get=SEES),
    Row("playback", "coding_answer", get=SEES),
    Row("playback_steps", "coding_answer", get=SEES),
    # What looks like another's code is for all who see candidates.
    Row("similar_list", get=SEES),
    Row("similar_pair", "pair", get=SEES, post=SEES, data={"state": "copied", "note": "Same."}),
    Row("similar_reopen", "pair", post=SEES),
    Row("share", "attempt", get=INVITES, post=INVITES, data={"name": "Jo", "days": 7}),
    Row("share_list", get=INVITES),
    Row("share_detail", "share", get=INVITES),
    Row("share_revoke", "share", post=INVITES),
    Row("hiring_list", get=RUNS),
    Row("hiring_add", "hiring_system", get=RUNS, post=RUNS, data=HIRING, does=200, foreign=200),
    Row("hiring_detail", "hiring", get=RUNS),
    Row("hiring_change", "hiring", get=RUNS, post=RUNS, data=HIRING),
    Row("hiring_key", "hiring", post=RUNS, does=200),
    Row("hiring_orders", "hiring", get=RUNS),
    Row("hiring_errors", "hiring", get=RUNS),
    Row("hiring_try", "stage", get=RUNS, post=RUNS, data={"sample": "{}"}, does=200),
    Row("hiring_retry", "hiring_order", post=RUNS),
    Row("hiring_pause", "hiring", post=RUNS),
    Row("hiring_resume", "hiring", post=RUNS),
    Row("hiring_remove", "hiring", post=RUNS),
    Row("webhook_list", get=RUNS),
    Row("webhook_add", get=RUNS, post=RUNS, data=HOOK),
    Row("webhook_detail", "webhook", get=RUNS),
    Row("webhook_change", "webhook", get=RUNS, post=RUNS, data=HOOK),
    Row("webhook_secret", "webhook", get=RUNS),
    Row("webhook_rotate", "webhook", post=RUNS),
    Row("webhook_test", "webhook", post=RUNS),
    Row("webhook_replay_failed", "webhook", post=RUNS),
    Row("webhook_delivery", "webhook_delivery", get=RUNS),
    Row("webhook_replay", "webhook_delivery", post=RUNS),
    Row("webhook_disable", "webhook", post=RUNS),
    Row("webhook_enable", "webhook", post=RUNS),
    Row("webhook_remove", "webhook", post=RUNS),
    Row("shared:report", "shared", get=EVERYBODY, open=True),
    Row("paper", "attempt", post=SEES),
    # A file is for whoever asked for it, which is none of these.
    Row("paper_detail", "paper", get=SEES, shows=404),
    Row("paper_file", "paper", get=SEES, shows=404),
    Row("scorecards", "attempt", get=SEES),
    Row("scorecard_begin", "attempt", post=SEES),
    # A scorecard is its interviewer's alone, who is none of these.
    Row("scorecard", "scorecard", get=SEES, post=SEES, shows=404, does=404),
    Row("scorecard_draft", "scorecard"),
    Row("scorecard_add", "scorecard_number", post=SEES, does=404),
    Row("scorecard_remove", "scorecard_item", post=SEES, does=404),
    Row("scorecard_hand_in", "scorecard", post=SEES, does=404),
    Row("scorecard_reopen", "scorecard", post=SEES, does=404),
    Row("review_queue", get=REVIEWS),
    Row("review_next", post=REVIEWS),
    Row("review_answer", "open_answer", get=REVIEWS, post=REVIEWS),
    Row("review_draft", "open_answer"),  # PUT, tried in test_review_pages
    Row("review_hand_in", "open_answer", post=REVIEWS, does=422),  # no point is given
    Row("review_skip", "open_answer", post=REVIEWS),
    Row("review_take_back", "open_answer", post=REVIEWS),
    Row("review_agreement", "assessment", get=SEES),
    Row("judgement", "attempt", get=SEES),
    Row("decide", "attempt", post=INVITES, data={"outcome": "hold", "reason": "Talks first."}),
    Row("override", "attempt", post=INVITES, data={"percent": "80", "reason": "Unfair."}),
    Row("comment", "attempt", post=SEES, data={"text": "Well put."}),
    # A comment is its author's, whoever else is an owner.
    Row("comment_edit", "remark", get=ITS_AUTHOR, post=ITS_AUTHOR),
    Row("comment_delete", "remark", post=ITS_AUTHOR),
    Row("regrade_start", "assessment", get=INVITES, post=INVITES, does=422),
    Row("regrade_detail", "regrade", get=INVITES),
    Row("regrade_export", "regrade", get=INVITES),
    Row("regrade_commit", "regrade", post=INVITES),
    Row("regrade_discard", "regrade", post=INVITES),
    Row("regrade_refresh", "regrade", post=INVITES),
    Row("regrade_retry", "regrade", post=INVITES),
    # Templates belong to nobody: each member sees them.
    Row("template_list", get=EVERYBODY),
    Row("template_detail", "template", get=EVERYBODY, foreign=200),
    Row(
        "template_create",
        "template",
        post=INVITES,
        data=lambda world: {"organisation": world.organisation.slug},
        does=409,  # the bank of the test lacks its questions
    ),
    Row(
        "template_draft",
        "template",
        post=INVITES,
        data=lambda world: {"organisation": world.organisation.slug},
        does=409,
    ),
    Row("question_preview", "template_question", get=EVERYBODY, foreign=200),
    # Last: whoever goes on can't be erased, decided on, or shared.
    Row("reopen", "attempt", post=INVITES, data={"minutes": 10, "reason": "A power cut."}),
]
