"""The pages of the desk, of whoever leads it, and of deputies: what each shows, to whom, and in how few queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from campion import actions as kernel
from campion import context
from campion.models import AuditEvent, Deputy, Unit
from campion.roles import Role
from reports.models import Assault, Conflict, Incident, NamedReader
from tests import world
from tests.people import signed_in
from tests.stage import once
from tests.victims.cases import MONDAY, assault_of, fresh, offer_to
from tests.victims.test_desk import lead_of, nothing_owed
from victims import actions
from victims.models import Clock, Handover, Referral
from victims.reading import DESK_FIELDS
from victims.reading.desk import TABS, words_left
from victims.reading.team import limits_kept
from victims.views.desk import SORTS, order_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
NOON = MONDAY + timedelta(hours=9)
DESK = "/support/desk/"
LATE = MONDAY + timedelta(days=3, hours=12)
"""A day after the limit of what is offered on MONDAY."""


@pytest.fixture
def at_noon():
    with travel(NOON, tick=False):
        yield


@once
def place():
    return world.make_force()


@once
def sam(place):
    return world.make_person(place.team, Role.REPORTER)


@once
def offer(sam):
    return offer_to(sam, support="yes")


@once
def ann(place):
    return world.make_person(place.root, Role.WELFARE, given_name="Ann", family_name="Able")


@once
def ben(place):
    return world.make_person(place.root, Role.WELFARE, given_name="Ben", family_name="Baker")


@once
def lead(place):
    return lead_of(place.root, given_name="Lea", family_name="Leading")


def address(name, offer):
    return reverse(f"victims:{name}", args=[offer.reference])


def text_of(response):
    return response.content.decode()


def looks_at(object_id):
    return AuditEvent.objects.filter(object_type="referral", object_id=object_id, outcome="seen")


def shown(client, query, cases):
    """Give the names of the cases that stand in the list at this address."""
    page = text_of(client.get(f"{DESK}?{query}"))
    return {name for name, offer in cases.items() if offer.reference in page}


# What the list shows, and to whom ------------------------------------------------------------------------------------


def test_the_desk_sees_the_fields_of_its_queue_and_nothing_else(sam, ann):
    offer = offer_to(sam, conducts=[["spit"]], support="yes", words="He said a word I will not repeat")
    page = text_of(signed_in(ann).get(DESK))
    row = page[page.index("<tbody") : page.index("</tbody>")]
    for part in (offer.reference, "Urgent", "Due 22 Dec 2026", "Today", "Accepted", "Phone call", "Claim"):
        assert part in row, part
    for secret in (sam.family_name, sam.staff_number, "01632", "after noon", "repeat", "Spat", "spit", "AR-"):
        assert secret not in row, secret
    line = looks_at("desk").get()
    assert (line.facets, line.subject_ids) == (["queue"], [sam.pk])


def test_a_desk_that_carries_very_much_counts_and_lists_so_far_and_says_so(sam, ann, place, monkeypatch):
    for _ in range(3):
        offer_to(world.make_person(place.team), support="yes")
    client = signed_in(ann)
    assert "Unassigned (3)" in text_of(client.get(DESK)) and "are listed" not in text_of(client.get(DESK))
    monkeypatch.setattr("victims.reading.desk.LISTED", 2)
    monkeypatch.setattr("victims.views.desk.LISTED", 2)
    page = text_of(client.get(DESK))
    assert "Unassigned (2+)" in page and "Unassigned: 2+ cases" in page and "Mine (0)" in page
    assert "The first 2 are listed, in this order. Narrow the list to see others." in page
    assert page.count("/claim/") == 2
    assert "are listed" not in text_of(client.get(f"{DESK}?tab=mine"))


def test_the_desk_is_for_welfare_alone(sam, place):
    for person in (
        sam,
        world.make_person(place.team, Role.SUPERVISOR),
        world.make_person(place.root, Role.ADMINISTRATOR),
    ):
        client = signed_in(person)
        assert client.get(DESK).status_code == 404
        assert client.get(f"{DESK}?state=all").content == client.get("/support/dask/").content


def test_an_officer_of_the_desk_is_not_in_their_own_list(ann):
    own = offer_to(ann)
    client = signed_in(ann)
    assert own.reference not in text_of(client.get(DESK))
    assert client.post(address("claim", own)).status_code == 403


def test_a_restricted_report_is_for_the_named_alone(sam, ann):
    offer = offer_to(sam)
    incident = assault_of(offer).incident
    Incident.objects.filter(pk=incident.pk).update(restricted=True, restricted_for=["wish"])
    client = signed_in(ann)
    assert offer.reference not in text_of(client.get(f"{DESK}?state=all"))
    assert client.get(address("referral", offer)).status_code == 404
    assert client.post(address("claim", offer)).status_code == 404
    NamedReader.objects.create(incident=incident, user=ann, by_rule=True, proposed_at=NOON, approved_at=NOON)
    assert offer.reference in text_of(client.get(DESK))


def test_a_conflict_takes_an_offer_from_the_desk(offer, ann, sam):
    conflict = Conflict.objects.create(incident=assault_of(offer).incident, user=ann, why="named", by=sam, at=NOON)
    client = signed_in(ann)
    assert offer.reference not in text_of(client.get(f"{DESK}?state=all"))
    assert client.get(address("referral", offer)).status_code == 404
    Conflict.objects.filter(pk=conflict.pk).update(ended_at=NOON)
    assert client.get(address("referral", offer)).status_code == 200


@once
def mixed(place, ann, ben):
    """Cases in every state: {name: referral}."""
    made = {}
    for name, support in (("offered", ""), ("accepted", "yes"), ("later", "later"), ("declined", "no")):
        made[name] = offer_to(world.make_person(place.team), support=support)
    made["urgent"] = offer_to(world.make_person(place.other_team), conducts=[["spit"]], at=MONDAY - timedelta(hours=20))
    made["ann's"] = offer_to(world.make_person(place.team), support="yes")
    actions.claim(referral=made["ann's"], by=ann, at=NOON)
    made["ben's"] = offer_to(world.make_person(place.team), support="yes")
    actions.claim(referral=made["ben's"], by=ben, at=NOON)
    made["closed"] = offer_to(world.make_person(place.team), support="yes")
    actions.claim(referral=made["closed"], by=ann, at=NOON)
    nothing_owed(made["closed"])
    actions.close(referral=made["closed"], outcome="helped", by=ann, at=NOON)
    return made


FREE = {"offered", "accepted", "later", "urgent"}
WAITING = FREE | {"ann's", "ben's"}


def test_the_address_says_what_the_list_shows(mixed, ann, ben, place):
    client = signed_in(ann)
    lists = {
        "": FREE,
        "tab=unassigned&state=all": FREE | {"declined"},
        "state=declined": {"declined"},
        "state=offered": {"offered", "urgent"},
        "urgent=on": {"urgent"},
        "tab=mine": {"ann's"},
        "tab=waiting": WAITING,
        "tab=waiting&state=all": WAITING | {"declined"},
        f"tab=waiting&carrier={ben.pk}": {"ben's"},
        f"unit={place.south.pk}": {"urgent"},
        f"tab=waiting&unit={place.north.pk}": WAITING - {"urgent"},
        "tab=closed": {"closed"},
        "tab=today": {"urgent"},
        "tab=overdue": set(),
        "state=nonsense&sort=nonsense&page=nonsense&tab=nonsense&unit=nonsense&carrier=nonsense": FREE,
        "page=-1": FREE,
        "page=" + "9" * 3000: FREE,
        "carrier=" + "9" * 3000: FREE,
        "sort=-due&sort=due": FREE,
    }
    for query, names in lists.items():
        assert shown(client, query, mixed) == names, query


def test_days_move_a_case_from_list_to_list(mixed, ann):
    due_then = {"offered", "accepted", "ann's", "ben's"}
    with travel(MONDAY + timedelta(days=2, hours=9), tick=False):
        client = signed_in(ann)
        assert shown(client, "tab=today", mixed) == due_then
        assert shown(client, "tab=overdue", mixed) == {"urgent"}
    with travel(LATE, tick=False):
        client = signed_in(ann)
        assert shown(client, "tab=overdue", mixed) == due_then | {"urgent"}
        assert "Overdue since 23 Dec 2026" in text_of(client.get(f"{DESK}?tab=overdue"))


def test_what_one_stands_in_for_is_ones_own_too(mixed, ann, ben):
    kernel.name_deputy(user=ben, deputy=ann, from_on=NOON.date(), until_on=NOON.date(), by=ben, at=NOON)
    client = signed_in(ann)
    assert shown(client, "tab=mine", mixed) == {"ann's", "ben's"}
    assert "You stand in" in text_of(client.get(f"{DESK}?tab=mine"))


def test_each_list_counts_and_says_when_it_is_empty(mixed, ann, place):
    page = text_of(signed_in(ann).get(DESK))
    for words in ("Unassigned (4)", "Mine (1)", "Due today (1)", "Overdue (0)", "All that waits (6)", "Closed (1)"):
        assert words in page, words
    client = signed_in(world.make_person(world.make_force("elsewhere").root, Role.WELFARE))
    for tab in TABS:
        assert tab.empty in text_of(client.get(f"{DESK}?tab={tab.key}"))
    assert "Nothing here fits that." in text_of(client.get(f"{DESK}?urgent=on"))


def test_the_address_says_in_what_order(mixed, ann):
    Referral.objects.filter(pk=mixed["urgent"].pk).update(state="accepted", chosen_at=NOON, chosen_by=ann)
    client = signed_in(ann)
    for sort, first in (("urgency", "urgent"), ("-due", "later"), ("-state", "offered"), ("", "urgent")):
        page = text_of(client.get(f"{DESK}?sort={sort}"))
        places = {name: page.index(offer.reference) for name, offer in mixed.items() if offer.reference in page}
        assert min(places, key=places.get) == first, sort


# Few queries, each order from an index -------------------------------------------------------------------------------


def fill(first, people, owners=(None,)):
    """Put many offers on the desk at once: copies of one that was born through actions, carried in turns."""
    numbers = range(Referral.objects.count(), people)
    assault = assault_of(first)
    report = Incident.objects.filter(pk=assault.incident_id).values().get() | {"id": None}
    part = Assault.objects.filter(pk=assault.pk).values().get() | {"id": None}
    incidents = Incident.objects.bulk_create(
        Incident(**report | {"reference": f"AR-{n:06}", "submit_key": f"{n:032x}"}) for n in numbers
    )
    assaults = Assault.objects.bulk_create(Assault(**part | {"incident_id": incident.pk}) for incident in incidents)
    made = []
    for n, assault in zip(numbers, assaults, strict=True):
        owner = owners[n % len(owners)]
        made.append(
            Referral(
                reference=f"SU-{n:04}-XXXX",
                force=first.force,
                unit=first.unit,
                assault=assault,
                person=first.person,
                urgent=n % 3 == 0,
                offered_at=MONDAY - timedelta(hours=n),
                due_on=first.due_on,
                owner=owner,
                claimed_at=NOON if owner else None,
            )
        )
    Referral.objects.bulk_create(made)


def queries_on(client, path, status=200):
    """Give the statements that a page takes, those about transactions aside."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == status
    aside = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return [query["sql"] for query in queries if not query["sql"].startswith(aside)]


def test_the_pages_of_desk_and_team_take_no_more_queries_for_more_rows(offer, ann, ben, lead):
    paths = [
        DESK, f"{DESK}?sort=-due", f"{DESK}?tab=waiting&sort=offered&unit={offer.unit_id}", f"{DESK}?tab=mine",
        f"{DESK}?tab=overdue&sort=state", "/support/team/", f"/support/team/reassign/?from={ben.pk}",
    ]  # fmt: skip
    client = signed_in(lead)
    client.get("/support/")  # the first request of a session also writes its clock
    fill(offer, 51, owners=(None, ann, ben, lead))
    few = {path: len(queries_on(client, path)) for path in paths}
    fill(offer, 120, owners=(None, ann, ben, lead))
    many = {path: queries_on(client, path) for path in paths}
    assert few == {path: len(found) for path, found in many.items()}
    assert all(len(found) <= 10 for found in many.values()), {path: len(found) for path, found in many.items()}


@pytest.mark.parametrize("tab", TABS, ids=[tab.key for tab in TABS])
def test_each_order_of_each_list_is_read_from_an_index(ann, tab):
    """Without sorting and without reading a table whole, each order has an index to come from, in both directions."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
    index = {
        "urgency": ("referral_by_urgency", "referral_unassigned"),
        "due": ("referral_by_due",),
        "offered": ("referral_by_age",),
        "state": ("referral_by_state",),
        "closed": ("referral_closed",),
    }
    for sort in SORTS:
        if (sort == "closed") != (tab.key == "closed" and sort == "closed"):
            continue
        for backwards in ("", "-"):
            if tab.key == "mine":
                continue  # what one person carries is found by its owner, and is little enough to sort
            rows = Referral.objects.on_desk(ann).filter(tab.rows(ann, NOON.date()))
            plan = rows.order_by(*order_of(backwards + sort)).values(*DESK_FIELDS)[:50].explain()
            assert "Seq Scan on victims_referral " not in plan, plan
            due_is_given = tab.key == "today" and sort in ("due", "urgency", "state")
            assert due_is_given or any(name in plan for name in index[sort]), (sort, plan)


def test_what_one_person_carries_is_found_by_its_owner(offer, ann, ben):
    fill(offer, 300, owners=[None] * 9 + [ben])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    rows = Referral.objects.open().filter(TABS[1].rows(ann, NOON.date()))
    assert "Index Cond: (owner_id = " in rows.values("pk").explain()


# One case ------------------------------------------------------------------------------------------------------------


def test_the_desk_opens_a_case_and_still_reads_only_its_queue(sam, ann):
    offer = offer_to(sam, support="yes", words="He said a word I will not repeat")
    page = text_of(signed_in(ann).get(address("referral", offer)))
    for part in (offer.reference, "Due 23 Dec 2026", "Nobody yet", "Claim this case"):
        assert part in page, part
    report = assault_of(offer).incident.reference
    for secret in (sam.family_name, sam.staff_number, "01632", "after noon", "repeat", report):
        assert secret not in page, secret
    assert looks_at(offer.reference).get().facets == ["queue"]


def test_a_claim_is_one_press_from_the_list_and_from_the_case(offer, ann, ben):
    client = signed_in(ann)
    assert client.get(address("claim", offer)).status_code == 405
    response = client.post(address("claim", offer))
    assert (response.status_code, response.url) == (302, address("referral", offer))
    assert fresh(offer).owner == ann
    page = text_of(signed_in(ben).post(address("claim", offer), follow=True))
    assert "A colleague has just taken this one." in page
    assert "Claim this case" not in page
    refusal = AuditEvent.objects.get(action="claim", outcome="refused")
    assert (refusal.actor_id, refusal.object_id) == (ben.pk, offer.reference)


def left_with(offer):
    return Referral.objects.annotate(left=words_left()).get(pk=offer.pk).left


def test_the_carrier_hands_over_on_a_page_that_offers_only_who_may(offer, ann, ben, sam, place):
    cat = world.make_person(place.root, Role.WELFARE, family_name="Conflicted")
    Conflict.objects.create(incident=assault_of(offer).incident, user=cat, why="named", by=sam, at=NOON)
    world.make_person(place.south, Role.WELFARE, family_name="Southern")
    actions.claim(referral=offer, by=ann, at=NOON)
    client = signed_in(ann)
    page = text_of(client.get(address("hand-over", offer)))
    assert "Ben Baker" in page and "Carries no case" in page
    assert "Conflicted" not in page and "Southern" not in page and "Ann Able" not in page
    assert client.post(address("hand-over", offer), {}).status_code == 422
    wrong = client.post(address("hand-over", offer), {"to": cat.pk, "words": "Kept words"})
    assert wrong.status_code == 422 and "Kept words" in text_of(wrong)
    response = client.post(address("hand-over", offer), {"to": ben.pk, "words": "Ring after noon."})
    assert response.url == DESK
    assert fresh(offer).owner == ben
    assert left_with(offer) == "Ring after noon."
    assert "Ring after noon." in text_of(signed_in(ben).get(address("referral", offer)))
    assert client.get(address("hand-over", offer)).status_code == 403


def test_the_carrier_puts_a_case_back_and_closes_one(offer, ann, ben, lead):
    client = signed_in(ann)
    client.post(address("claim", offer))
    assert client.post(address("release", offer), {"reason": " "}).status_code == 422
    client.post(address("release", offer), {"reason": "They asked for a woman."})
    assert fresh(offer).owner is None
    assert client.get(address("close", offer)).status_code == 403
    client.post(address("claim", offer))
    assert left_with(offer) == "They asked for a woman."
    assert "They asked for a woman." in text_of(client.get(address("referral", offer)))
    page = text_of(client.get(address("close", offer)))
    assert "It cannot be closed yet" in page and "Referred to support" in page
    refused = client.post(address("close", offer), {"outcome": "helped"})
    assert refused.status_code == 422 and "Still open: " in text_of(refused)
    nothing_owed(offer)
    assert client.post(address("close", offer), {}).status_code == 422
    assert client.post(address("close", offer), {"outcome": "helped"}).url == DESK
    assert fresh(offer).closed_by == ann
    again = client.get(address("close", offer), follow=True)
    assert "is closed, so that cannot be done now" in text_of(again)
    assert signed_in(ben).post(address("reopen", offer)).status_code == 403
    page = text_of(signed_in(lead).get(address("referral", offer)))
    assert "got the support they wanted" in page and "Take it up again" in page
    assert "Take the case up again" in text_of(client.get(address("reopen", offer)))
    signed_in(lead).post(address("reopen", offer))
    assert fresh(offer).closed_at is None


# The team ------------------------------------------------------------------------------------------------------------


def test_the_lead_sees_who_carries_what_and_who_left(mixed, ann, ben, lead):
    for membership in ben.memberships.all():
        kernel.end_role(membership=membership, by=None, at=NOON)
    with travel(LATE, tick=False):
        page = text_of(signed_in(lead).get("/support/team/"))
    loads = page[page.index("Who carries what") : page.index("How limits were kept")]
    assert "4 cases that nobody carries" in page
    assert "Ben Baker" in loads and "Left the desk" in loads
    assert "Ann Able" in loads and "Lea Leading" in loads
    for offer in mixed.values():
        assert offer.person.family_name not in page


def test_the_team_is_for_its_lead_alone(ann, sam, place):
    other = lead_of(place.south)
    for person in (ann, sam, world.make_person(place.root, Role.SUPERVISOR), world.make_person(place.root, Role.PCC)):
        client = signed_in(person)
        for path in ("/support/team/", "/support/team/reassign/?from=nobody"):
            assert client.get(path).content == client.get("/support/taem/").content
    assert signed_in(other).get("/support/team/").status_code == 200
    assert [entry.text for entry in context.places_of_work_for(other) if entry.url_name == "victims:team"]
    assert not [entry.text for entry in context.places_of_work_for(ann) if entry.url_name == "victims:team"]


def test_limits_kept_are_counted_by_right(place, ann, lead):
    in_time, late, running = (offer_to(world.make_person(place.team), support="yes") for _ in range(3))
    for offer, after in ((in_time, timedelta(days=1)), (late, timedelta(days=4))):
        Clock.objects.filter(referral=offer, entitlement__code="referral").update(
            met_at=NOON + after, met_by=ann, met_entered_at=NOON + after
        )

    def kept(now):
        with travel(now, tick=False):
            rows = limits_kept(world.fresh(lead), today=now.date(), now=now)
        row = next(row for row in rows if row.title == "Referred to support")
        return (row.in_time, row.late, row.running, row.running_late, row.share)

    assert kept(NOON) == (1, 1, 1, 0, "50%")
    assert kept(LATE) == (1, 1, 0, 1, "33%")
    assert kept(NOON + timedelta(days=120)) == (0, 0, 0, 1, "0%")
    assert running.pk


def test_a_leavers_cases_go_after_a_preview_and_come_back(mixed, ann, ben, lead):
    client, path = signed_in(lead), "/support/team/reassign/"
    page = text_of(client.get(f"{path}?from={ben.pk}"))
    assert mixed["ben's"].reference in page and "Ann Able" in page and mixed["ann's"].reference not in page
    assert looks_at("team").latest("id").subject_ids == [mixed["ben's"].person_id]
    given = {"from": ben.pk, "to": ann.pk, "cases": [mixed["ben's"].reference], "words": "All rung this week."}
    preview = text_of(client.post(path, given))
    assert "who carries 1 now and 2 after" in preview and mixed["ben's"].reference in preview
    assert fresh(mixed["ben's"]).owner == ben
    changed = text_of(client.post(path, given | {"change": "1"}))
    assert "There is a problem" not in changed and "All rung this week." in changed
    page = text_of(client.post(path, given | {"give": "1"}, follow=True))
    assert "1 case went to Ann Able." in page
    assert fresh(mixed["ben's"]).owner == ann
    made = Handover.objects.get()
    assert signed_in(ann).post(reverse("victims:undo-reassign", args=[made.key])).status_code == 404
    page = text_of(client.post(reverse("victims:undo-reassign", args=[made.key]), follow=True))
    assert "1 case went back." in page
    assert fresh(mixed["ben's"]).owner == ben
    assert client.post(reverse("victims:undo-reassign", args=[made.key]), follow=True).status_code == 200


def test_cases_that_changed_after_the_preview_are_named(mixed, ann, ben, lead, place):
    other = offer_to(world.make_person(place.team), support="yes")
    actions.claim(referral=other, by=ben, at=NOON)
    client, path = signed_in(lead), "/support/team/reassign/"
    given = {"from": ben.pk, "to": ann.pk, "cases": [other.reference, mixed["ben's"].reference], "words": ""}
    client.post(path, given)
    actions.release(referral=other, reason="Away.", by=world.fresh(ben), at=NOON)
    page = text_of(client.post(path, given | {"give": "1"}, follow=True))
    assert f"because they changed meanwhile or cannot be carried by them: {other.reference}." in page
    assert fresh(other).owner is None


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"from": "nobody"},
        {"from": "nobody", "to": "x", "cases": "SU-2222-2222"},
        {"from": "9" * 5000},
        {"from": "\0"},
    ],
)
def test_nothing_odd_breaks_the_giving_away(mixed, lead, given):
    for extra in ({}, {"give": "1"}, {"change": "1"}):
        assert signed_in(lead).post("/support/team/reassign/", given | extra).status_code in (200, 302, 400, 422)


# Deputies ------------------------------------------------------------------------------------------------------------


def days(first, last):
    return {
        f"{name}-{part}": getattr(day, part)
        for name, day in (("from_on", first), ("until_on", last))
        for part in ("day", "month", "year")
    }


def test_somebody_names_finds_and_ends_a_deputy(ann, ben):
    client, path, today = signed_in(ann), "/support/deputies/", NOON.date()
    assert "Nobody stands in for you" in text_of(client.get(path))
    page = client.post(path, {"words": "Baker", "find": "1"})
    assert page.status_code == 200 and "Ben Baker" in text_of(page) and "There is a problem" not in text_of(page)
    assert AuditEvent.objects.get(action="search_people").subject_ids == [ben.pk]
    given = {"words": "Baker", "person": ben.pk} | days(today, today + timedelta(days=3))
    page = text_of(client.post(path, given, follow=True))
    assert "Ben Baker stands in for you on those days." in page
    assert "You stand in for" in text_of(signed_in(ben).get(path))
    row = Deputy.objects.get()
    assert client.post(path, given).status_code == 422
    stranger = text_of(signed_in(world.make_person(ann.unit)).post(path, {"end": row.pk}, follow=True))
    assert "There is no such deputy." in stranger
    signed_in(ben).post(path, {"end": row.pk})
    assert not Deputy.objects.in_force(today).exists()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"find": "1", "words": "Nobodyatall"}, "Nobody in your force was found"),
        ({"words": ""}, "Enter a staff number"),
        ({"words": "Baker"}, "Choose the person from the list."),
        ({"words": "Baker", "person": "x"}, "Choose one of the answers"),
    ],
)
def test_a_deputy_that_cannot_be_named_says_why(ann, ben, given, sentence):
    response = signed_in(ann).post("/support/deputies/", given)
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert not Deputy.objects.exists()


@pytest.mark.parametrize("end", ["x", "9" * 5000, "-1"])
def test_ending_nothing_says_so(ann, end):
    page = signed_in(ann).post("/support/deputies/", {"end": end}, follow=True)
    assert "There is no such deputy." in text_of(page)


def test_those_outside_the_workforce_have_no_deputies(place):
    client = signed_in(world.make_person(place.root, Role.PCC))
    assert client.get("/support/deputies/").content == client.get("/support/deputees/").content


def test_home_counts_what_nobody_carries_and_what_is_due(mixed, ann):
    page = text_of(signed_in(ann).get("/home/", follow=True))
    entry = next(entry for entry in context.NAVIGATION if entry.url_name == "victims:desk")
    assert entry.waiting(world.fresh(ann)) == 4
    with travel(LATE, tick=False):
        assert entry.waiting(world.fresh(ann)) == 5
    assert page
    assert Unit.objects.exists()
