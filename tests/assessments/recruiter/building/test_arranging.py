"""Sections, questions and pools of a draft: their order, where they go, and what comes in."""

import pytest

from assessments import actions
from assessments.actions import arranging, picking, pooling
from assessments.models import AssessmentVersion
from questions.models import QuestionVersion, Withdrawal
from tests.assessments.conftest import words
from tests.assessments.recruiter.building.conftest import address, ask


def places(version):
    return {row.question_version.question.slug: row for row in version.questions.all()}


def positions(version):
    return list(version.questions.order_by("position").values_list("position", flat=True))


@pytest.mark.parametrize(
    ("slug", "by", "expected"),
    [
        ("alpha", 1, {"One": ["beta", "alpha"], "Two": ["gamma"]}),
        ("alpha", -1, {"One": ["alpha", "beta"], "Two": ["gamma"]}),
        ("beta", 1, {"One": ["alpha"], "Two": ["beta", "gamma"]}),
        ("gamma", -1, {"One": ["alpha", "beta", "gamma"]}),
        ("gamma", 1, {"One": ["alpha", "beta"], "Two": ["gamma"]}),
    ],
    ids=["down", "up at the top", "into the next section", "into the one before", "at the end"],
)
def test_a_question_moves(draft, order, slug, by, expected):
    arranging.move_question(draft, places(draft)[slug].pk, by)

    assert order(draft) == expected
    assert positions(draft) == [1, 2, 3]


def test_a_section_moves_with_its_questions(draft, order):
    arranging.move_section(draft, draft.sections.last().pk, -1)

    assert order(draft) == {"Two": ["gamma"], "One": ["alpha", "beta"]}
    assert positions(draft) == [1, 2, 3]


def test_the_questions_of_a_section_that_is_removed_go_to_the_one_before(draft, order):
    arranging.remove_section(draft, draft.sections.last().pk)
    assert order(draft) == {"One": ["alpha", "beta", "gamma"]}

    arranging.remove_section(draft, draft.sections.get().pk)
    assert order(draft) == {"": ["alpha", "beta", "gamma"]}


def test_the_first_section_takes_in_what_had_none(draft, order):
    for section in draft.sections.all():
        arranging.remove_section(draft, section.pk)

    arranging.add_section(draft, "All")

    assert order(draft) == {"All": ["alpha", "beta", "gamma"]}


def test_several_questions_are_picked_at_once(recruiter, draft, order):
    keys = [ask("delta").pk, ask("epsilon").pk]
    target = f"section:{draft.sections.last().pk}"

    answer = recruiter.post(address("pick", draft), {"pick": keys, "to": target})

    assert answer.status_code == 302
    assert order(draft)["Two"] == ["gamma", "delta", "epsilon"]


def test_a_question_counts_its_minutes_at_first(draft):
    (made,) = picking.add_questions(draft, [ask("delta", minutes=12).pk])

    assert made.weight == 12


def test_what_is_asked_already_is_neither_listed_nor_added(recruiter, draft, order):
    newer = ask("alpha", number=2)

    page = recruiter.get(address("pick", draft))
    picking.add_questions(draft, [newer.pk])

    assert "0 questions" in words(page)
    assert order(draft)["One"] == ["alpha", "beta"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"topic": "regression"}, ["Delta"]),
        ({"kind": "coding"}, ["Epsilon"]),
        ({"difficulty": "hard"}, ["Zeta"]),
        ({"q": "elt"}, ["Delta"]),
        ({"exposure": "used"}, []),
        ({"role": "data-scientist"}, ["Delta", "Epsilon", "Zeta"]),
    ],
    ids=["topic", "kind", "difficulty", "text", "exposure", "role"],
)
def test_the_bank_is_searched_by_what_questions_are_about(recruiter, draft, query, found):
    ask("delta", topics=["regression"])
    ask("epsilon", kind="coding", difficulty=1)
    ask("zeta", difficulty=3)

    page = recruiter.get(address("pick", draft), query).text

    assert [title for title in ("Delta", "Epsilon", "Zeta") if f">{title}</a>" in page] == found


def test_what_is_drafted_withdrawn_or_anothers_is_not_offered(recruiter, draft, stranger):
    QuestionVersion.objects.create(
        question=ask("drafted").question, number=2, kind="single_choice", title="D2", content={}
    )
    Withdrawal.objects.create(
        question=ask("withdrawn").question,
        organisation=draft.assessment.organisation,
        status="retired",
    )
    foreign = ask("foreign")
    foreign.question.organisation = stranger
    foreign.question.save()

    page = recruiter.get(address("pick", draft)).text
    picking.add_questions(draft, [foreign.pk])

    assert ">Drafted</a>" in page, "in its published version"
    assert ">Withdrawn</a>" not in page
    assert ">Foreign</a>" not in page
    assert draft.questions.count() == 3


def test_a_newer_version_is_marked_and_taken_by_one_click(writer, draft):
    newer = ask("alpha", number=2)
    place = places(draft)["alpha"]
    writer.open()
    assert "Version 2 is there" in writer.page

    writer.press(f"renew:{place.pk}")

    place.refresh_from_db()
    assert place.question_version == newer
    writer.open()
    assert "Version 2 is there" not in writer.page


def test_all_newer_versions_are_taken_at_once(writer, draft):
    newer = {ask("alpha", number=2).pk, ask("gamma", number=2).pk}

    writer.press("renew:0")

    assert newer < set(draft.questions.values_list("question_version", flat=True))


def test_what_was_withdrawn_is_named_at_its_place(writer, draft):
    QuestionVersion.objects.filter(title="Beta").update(status="leaked")
    writer.open()

    assert "It was retired, or has leaked: no new attempt asks it." in writer.page
    assert "“Beta” was retired, or has leaked: remove it." in writer.page


@pytest.fixture
def bank(db):
    return [
        ask("mse", topics=["regression"], difficulty=1),
        ask("mae", topics=["regression"], difficulty=2, minutes=7),
        ask("code-mae", kind="coding", topics=["regression"], difficulty=2),
        ask("hinge", topics=["classification"], difficulty=2),
    ]


def pooled(version):
    pool = version.pools.get()
    return {row.question_version.question.slug for row in pool.questions.all()}


def test_a_pool_holds_all_that_matches_now(recruiter, draft, bank):
    said = {"topics": ["regression"], "kinds": ["single_choice"], "name": "Regression", "draws": 1}
    where = {"section": draft.sections.first().pk}

    shown = recruiter.get(address("new_pool", draft), said)
    recruiter.post(address("new_pool", draft), said | where)

    assert "2 questions match now" in words(shown)
    assert pooled(draft) == {"mse", "mae"}
    pool = draft.pools.get()
    assert pool.criteria == {
        "topics": ["regression"],
        "difficulties": [],
        "kinds": ["single_choice"],
    }
    assert {row.weight for row in pool.questions.all()} == {6.0}, "the mean of 5 and 7 minutes"
    assert {row.section for row in pool.questions.all()} == {draft.sections.first()}


def test_what_a_pool_would_hold_is_shown_without_making_it(recruiter, draft, bank):
    said = {"topics": ["regression"], "name": "", "do": "show"}

    shown = recruiter.post(address("new_pool", draft), said)

    assert (shown.status_code, draft.pools.exists()) == (200, False)
    assert "3 questions match now" in words(shown)
    assert "This field is required" not in words(shown)


def test_what_is_ticked_stays_so_when_another_search_does_not_find_it(
    recruiter, draft, bank, stranger
):
    mse, gone = bank[0], ask("foreign")
    gone.question.organisation = stranger
    gone.question.save()

    page = recruiter.get(address("pick", draft), {"q": "hinge", "pick": [mse.pk, gone.pk, "x"]})

    assert f'value="{mse.pk}" checked' in page.text
    assert f'value="{gone.pk}"' not in page.text
    sent = {"pick": mse.pk, "to": f"section:{draft.sections.first().pk}", "then": "more"}
    again = recruiter.post(page.wsgi_request.get_full_path(), sent)
    assert again.url.endswith("?q=hinge")


@pytest.mark.parametrize(("htmx", "made"), [(False, 1), (True, 0)], ids=["entered", "typed"])
def test_enter_in_the_title_of_a_section_makes_it_but_typing_does_not(writer, draft, htmx, made):
    before = draft.sections.count()

    writer.save("questions", htmx=htmx, **{"add-section-0": "Coding"})

    assert draft.sections.count() == before + made


def test_a_pool_is_filled_again_on_a_new_draft(writer, draft, bank, member):
    pooling.make_pool(draft, "Regression", 2, criteria={"topics": ["regression"]})
    actions.publish_assessment(draft)
    ask("huber", topics=["regression"])
    newer = actions.new_draft(draft.assessment, by=member)
    writer.version = newer
    writer.open()

    answer = writer.press(f"fill:{newer.pools.get().pk}")

    assert "One question came in." in words(answer)
    assert pooled(newer) == {"mse", "mae", "code-mae", "huber"}
    assert pooled(draft) == {"mse", "mae", "code-mae"}, "what was published stays"
    assert len({row.weight for row in newer.pools.get().questions.all()}) == 1


def test_a_pool_by_hand_is_made_of_what_is_ticked(recruiter, draft, bank):
    answer = recruiter.post(
        address("pick", draft),
        {
            "pick": [bank[0].pk, bank[3].pk],
            "to": f"new:{draft.sections.first().pk}",
            "name": "Two of a kind",
            "draws": "1",
        },
    )

    assert answer.status_code == 302
    assert pooled(draft) == {"mse", "hinge"}
    assert draft.pools.get().criteria == {}


def test_a_new_pool_needs_a_name_and_a_number(recruiter, draft, bank):
    answer = recruiter.post(
        address("pick", draft), {"pick": [bank[0].pk], "to": f"new:{draft.sections.first().pk}"}
    )

    assert answer.status_code == 422
    assert "Give the pool a name." in words(answer)
    assert f'value="{bank[0].pk}" id="pick-{bank[0].pk}"' in answer.text
    assert "checked" in answer.text, "what was ticked stays ticked"
    assert not draft.pools.exists()


def test_one_weight_holds_for_all_of_a_pool(writer, draft, bank):
    pool, _ = pooling.make_pool(draft, "Regression", 2, criteria={"topics": ["regression"]})
    writer.open()

    writer.save("questions", **{f"p{pool.pk}-weight": "3", f"p{pool.pk}-draws": "1"})

    pool.refresh_from_db()
    assert pool.draws == 1
    assert {row.weight for row in pool.questions.all()} == {3.0}


def test_rules_of_publishing_are_shown_at_the_pool(writer, draft, bank):
    pool, _ = pooling.make_pool(draft, "Regression", 9, criteria={"topics": ["regression"]})
    writer.open()

    at_the_pool = writer.page.split(f'id="pool-{pool.pk}"')[1]
    assert "draws 9 of 3 questions" in at_the_pool


def test_a_question_is_put_into_a_pool_and_out_again(draft, bank, order):
    pool, _ = pooling.make_pool(draft, "Regression", 1, criteria={"topics": ["regression"]})
    place = places(draft)["alpha"]

    pooling.put_into_pool(draft, place.pk, pool.pk)
    place.refresh_from_db()
    member = pool.questions.exclude(pk=place.pk).first()
    assert (place.pool, place.section_id, place.weight) == (
        pool,
        member.section_id,
        member.weight,
    )

    arranging.put_question(draft, place.pk, draft.sections.first().pk)
    place.refresh_from_db()
    assert place.pool is None
    assert order(draft)["One"][-1] == "alpha"


def test_a_pool_moves_as_one(draft, bank, order):
    pool, _ = pooling.make_pool(
        draft, "P", 1, section=draft.sections.first().pk, criteria={"topics": ["regression"]}
    )

    arranging.move_question(draft, pool.questions.first().pk, -1)

    assert order(draft)["One"] == ["alpha", "mse", "code-mae", "mae", "beta"]


@pytest.mark.parametrize(("keep", "left"), [(True, 6), (False, 3)], ids=["opened", "removed"])
def test_a_pool_is_taken_apart(draft, bank, keep, left):
    pool, _ = pooling.make_pool(draft, "P", 1, criteria={"topics": ["regression"]})

    pooling.remove_pool(draft, pool.pk, keep=keep)

    assert draft.questions.count() == left
    assert not draft.pools.exists()
    assert positions(draft) == list(range(1, left + 1))


def test_an_assessment_asks_no_more_than_anybody_sits(draft, monkeypatch):
    monkeypatch.setattr("assessments.actions.picking.MOST", 3)

    with pytest.raises(actions.TooManyQuestions, match="at most 3 questions"):
        picking.add_questions(draft, [ask("delta").pk])

    assert AssessmentVersion.objects.get(pk=draft.pk).questions.count() == 3
