"""Figures of a lead's teams: exact, of the cases that their lists show and of nothing else, and for nobody but them."""

from datetime import UTC, datetime, timedelta

import pytest
from time_machine import travel

from campion.models import AuditEvent
from campion.months import ALL, chosen, periods
from campion.roles import Role
from campion.working_days import london_date
from reports import actions as reports
from reports.models import Conflict
from tests import world
from tests.people import signed_in
from tests.reports import browsing
from tests.stage import once
from tests.victims.cases import MONDAY, assault_of, fresh, offer_to
from tests.victims.test_desk import claimed, lead_of, nothing_owed
from tests.victims.test_desk_pages import fill, queries_on
from victims import actions
from victims.models import Clock, Referral
from victims.reading.figures import STILL_OPEN, figures_of
from victims.reading.team import led_by, limits_kept

pytestmark = pytest.mark.django_db
NOON = MONDAY + timedelta(hours=9)
PAGE = "/support/team/figures/"


@pytest.fixture(autouse=True)
def clock():
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
def lead(place):
    return lead_of(place.root, given_name="Lea", family_name="Leading")


def counted(user, code=ALL):
    return figures_of(world.fresh(user), chosen(code, periods(london_date(NOON))))


def said(response):
    """Everything that a page says, as one line."""
    return browsing.read(response)[1]


def of(place, **draft):
    return offer_to(world.make_person(place.team), **draft)


# What is counted -----------------------------------------------------------------------------------------------------


def test_cases_are_counted_by_the_month_of_the_offer_and_the_answer_that_stands(place, offer, lead):
    of(place)
    of(place, support="later")
    of(place, support="no")
    of(place, support="yes", at=datetime(2026, 11, 2, 9, tzinfo=UTC))
    found = counted(lead)
    assert len(found.months) == 13
    assert {
        month.label: (month.offered, month.accepted, month.declined) for month in found.months if month.offered
    } == {
        "November 2026": (1, 1, 0),
        "December 2026": (4, 1, 1),
    }
    assert found.answers == {"accepted": 2, "offered": 1, "later": 1, "declined": 1}
    assert (found.offered, found.closed, found.endings) == (5, 0, {STILL_OPEN: 5})


def test_a_closed_case_is_counted_by_how_it_ended(offer, ann, lead):
    nothing_owed(claimed(offer, ann))
    actions.close(referral=fresh(offer), outcome="helped", by=world.fresh(ann), at=NOON)
    found = counted(lead)
    assert (found.offered, found.closed, found.endings) == (1, 1, {"helped": 1})
    assert [month.closed for month in found.months][-1] == 1


def test_half_past_midnight_on_the_first_of_july_is_in_july(place, lead):
    of(place, at=datetime(2026, 6, 30, 23, 30, tzinfo=UTC))  # 00:30 on 1 July in London
    assert [month.label for month in counted(lead).months if month.offered] == ["July 2026"]
    assert (counted(lead, "2026-07").offered, counted(lead, "2026-27-Q1").offered) == (1, 0)


def test_the_numbers_are_those_of_the_lists_so_that_no_difference_tells_of_a_report(place, offer, sam, ann, lead):
    """Of a restricted report, of one withdrawn and of one with a conflict: what the lists hide is not counted, and what
    they show is, since whoever compares would else know which case hangs on such a report."""
    unasked, said_yes, withdrawn, kept_from = (of(place, support=answer) for answer in ("", "yes", "yes", "yes"))
    for case in (unasked, said_yes):
        reports.restrict(incident=assault_of(case).incident, by=world.fresh(case.person), at=NOON)
    reports.withdraw(
        incident=assault_of(withdrawn).incident, reason="Entered twice.", by=world.fresh(withdrawn.person), at=NOON
    )
    Conflict.objects.create(incident=assault_of(kept_from).incident, user=lead, why="suspect", by=sam, at=NOON)
    listed = {row.reference for row in led_by(world.fresh(lead))}
    assert unasked.reference not in listed and kept_from.reference not in listed
    assert {offer.reference, withdrawn.reference} <= listed
    assert counted(lead).offered == len(listed) == led_by(world.fresh(lead)).count()


def test_a_lead_counts_no_case_of_their_own_nor_one_of_another_desk_or_force(place, offer, lead):
    offer_to(lead, support="yes")
    offer_to(world.make_person(place.other_team), support="yes")
    elsewhere = world.make_force("farshire")
    of(elsewhere, support="yes")
    assert counted(lead).offered == 2
    assert counted(lead_of(place.south)).offered == 1
    assert counted(lead_of(elsewhere.root)).offered == 1


def test_what_is_counted_may_be_known(offer, lead):
    visible = Referral.objects.visible_to(world.fresh(lead))
    assert not led_by(world.fresh(lead)).exclude(pk__in=visible.values("pk")).exists()


def test_cases_that_were_joined_count_once(place, offer, sam, lead):
    supervisor = world.make_person(place.team, Role.SUPERVISOR)
    again = offer_to(sam, support="yes")
    assert counted(lead).offered == 2
    ends, stays = (assault_of(row).incident for row in (again, offer))
    reports.merge(incident=ends, into=stays, reason="One event.", by=world.fresh(supervisor), at=NOON)
    assert counted(lead).offered == 1


def test_limits_are_counted_in_the_months_in_which_they_fall(place, ann, lead):
    in_time, late = of(place, support="yes"), of(place, support="yes")
    for case, after in ((in_time, timedelta(days=1)), (late, timedelta(days=4))):
        Clock.objects.filter(referral=case, entitlement__code="referral").update(
            met_at=NOON + after, met_by=ann, met_entered_at=NOON + after
        )
    later = NOON + timedelta(days=5)

    def kept(code):
        given = {"today": later.date(), "now": later, "period": chosen(code, periods(later.date()))}
        return {row.title: row for row in limits_kept(world.fresh(lead), **given)}

    row = kept("2026-12")["Referred to support"]
    assert (row.in_time, row.late, row.share) == (1, 1, "50%")
    assert kept("2026-27-Q3").keys() >= {"Referred to support"} and not kept("2026-11")


# The page ------------------------------------------------------------------------------------------------------------


def test_the_page_says_whose_cases_it_counts_and_that_it_is_not_for_publication(offer, sam, lead):
    client = signed_in(lead)
    page = said(client.get(PAGE))
    assert "Not for publication: counts of what you may open" in page
    assert "Whose cases are counted" in page and "Published figures differ." in page
    assert "December 2026 so far" in page and "Referred to support" in page
    assert sam.family_name not in page and offer.reference not in page
    assert PAGE in client.get("/support/team/").content.decode()


def test_where_nobody_was_offered_support_the_page_says_so(offer, lead):
    page = said(signed_in(lead).get(f"{PAGE}?period=2026-06"))
    assert "Nobody was offered support in these months" in page and "No limit of the desk’s lies in these" in page
    assert "<table" not in signed_in(lead).get(f"{PAGE}?period=2026-06").content.decode()


def test_only_a_lead_has_the_page_and_to_all_others_it_is_an_unknown_address(place, ann, sam, offer):
    roles = (Role.SUPERVISOR, Role.PCC, Role.GOVERNANCE, Role.INSPECTOR)
    for person in (ann, sam, *(world.make_person(place.root, role) for role in roles)):
        client = signed_in(person)
        for path in (PAGE, f"{PAGE}?period=2026-12", f"{PAGE}?colour=red"):
            answer = client.get(path)
            assert answer.status_code == 404
            assert answer.content == client.get("/support/team/figurse/").content
    assert not AuditEvent.objects.filter(object_id__startswith="team/figures", outcome="seen").exists()
    assert AuditEvent.objects.filter(object_id="team/figures", outcome="refused").exists()


@pytest.mark.parametrize(
    "query", ["period=2026", "period=2025-11", "carrier=1", "period=2026-12&period=2026-12", "tab="]
)
def test_only_the_months_that_are_offered_can_be_asked_for(lead, query):
    answer = signed_in(lead).get(f"{PAGE}?{query}")
    assert answer.status_code == 400 and "That is not among the figures" in said(answer)
    assert f'href="{PAGE}">Go back to the figures' in answer.content.decode()


def test_a_look_is_written_down(offer, lead):
    signed_in(lead).get(f"{PAGE}?period=2026-12")
    line = AuditEvent.objects.get(object_id="team/figures/2026-12")
    assert (line.action, line.outcome, line.actor_id, line.facets) == ("look", "seen", lead.pk, ["queue"])


def test_the_page_takes_as_many_statements_at_50_cases_as_at_5(offer, ann, lead):
    client = signed_in(lead)
    client.get("/support/")
    fill(offer, 5, owners=(None, ann))
    few = len(queries_on(client, PAGE))
    fill(offer, 50, owners=(None, ann))
    assert few == len(queries_on(client, PAGE)) <= 10
