"""Figures of a supervisor's desk: exact, of what they may review and of nothing else, and for nobody but them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campion.models import AuditEvent
from campion.months import ALL, chosen, periods
from campion.roles import Role
from campion.working_days import london_date
from reports import actions
from reports.desk_figures import OVERDUE, STANDS, TO_COME, figures_of
from reports.models import Conflict, Incident, Task
from tests import people, world
from tests.reports import browsing
from tests.reports.cast import Cast
from tests.reports.test_queue import copies
from tests.stage import once
from tests.world import MONDAY, fresh

pytestmark = pytest.mark.django_db

NOW = MONDAY + timedelta(hours=20)
PAGE = "/reports/queue/figures/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@once
def cast():
    """A report of two people, of `team`, and everybody around it."""
    return Cast(marked=False)


def counted(user, code=ALL, at=NOW):
    return figures_of(fresh(user), chosen(code, periods(london_date(at))), at=at)


def many(figures):
    """Reports, and people in them: what a report adds to a page."""
    return figures.reports, sum(month.people for month in figures.months)


def said(response):
    """Everything that a page says, as one line."""
    return browsing.read(response)[1]


def of(cast, **draft):
    """Another report of the same team, by somebody in it."""
    return world.make_submitted_incident(world.make_person(cast.place.team), **draft)


# What is counted -----------------------------------------------------------------------------------------------------


def test_reports_and_people_are_counted_by_month_and_each_person_under_the_gravest(cast):
    of(cast, conducts=[["threat-to-kill", "verbal-abuse"]], happened=datetime(2026, 11, 3, 12, tzinfo=UTC))
    found = counted(cast.supervisor)
    assert len(found.months) == 13 and many(found) == (2, 3)
    assert {month.label: (month.reports, month.assaults, month.abuse) for month in found.months if month.reports} == {
        "November 2026": (1, 0, 1),
        "December 2026": (1, 2, 0),
    }
    assert found.kinds == {"physical": 1, "spitting": 1, "threat": 1}
    assert sum(found.units.values()) == found.reports == 2


def test_a_draft_a_withdrawn_and_a_merged_report_do_not_count(cast):
    writer, other = world.make_person(cast.place.team), world.make_person(cast.place.team)
    world.make_draft(writer)
    withdrawn = world.make_submitted_incident(writer)
    merged = world.make_submitted_incident(other)
    assert many(counted(cast.supervisor)) == (3, 4)
    actions.withdraw(incident=withdrawn, reason="Entered twice.", by=fresh(writer), at=NOW)
    assert many(counted(cast.supervisor)) == (2, 3)
    actions.merge(incident=merged, into=cast.incident, reason="One event.", by=fresh(cast.supervisor), at=NOW)
    assert many(counted(cast.supervisor)) == (1, 3)  # nobody is lost: the person moved with it
    assert sum(counted(cast.supervisor).contact.values()) == 3


def test_a_report_kept_to_a_few_counts_for_nobody_even_on_its_list(cast):
    actions.restrict(incident=cast.incident, by=fresh(cast.writer), at=NOW)
    reader = Incident.objects.get(pk=cast.incident.pk).named_readers.get().user
    assert Incident.objects.reviewed_by(fresh(reader)).exists()
    for user in (cast.supervisor, cast.second):
        found = counted(user)
        assert many(found) == (0, 0) and not found.contact and not found.kinds


def test_a_sexual_assault_is_not_said_to_be_none(cast):
    """Its report is kept to a few readers by itself: the page has no nought for it, and says why."""
    incident = of(cast, conducts=[["sexual-touching"]])
    assert Incident.objects.get(pk=incident.pk).restricted
    assert many(counted(cast.supervisor)) == (1, 2)
    page = said(people.signed_in(cast.supervisor).get(PAGE))
    assert "Reports of a sexual assault are kept to a few readers, so none is counted here." in page
    assert "Sexual assault" not in page


def test_nobody_counts_what_they_are_kept_from_or_have_a_part_in(cast):
    assert many(counted(cast.supervisor)) == (1, 2)
    assert many(counted(cast.conflicted)) == (0, 0)  # named by the writer as somebody who must not see it
    Conflict.objects.create(incident=cast.incident, user=cast.second, why="suspect", by=cast.writer, at=NOW)
    assert many(counted(cast.second)) == (0, 0)
    world.make_submitted_incident(cast.supervisor)  # who is assaulted themself, and files it
    assert many(counted(cast.supervisor)) == (1, 2)


def test_a_colleague_of_another_unit_or_force_counts_their_own(cast):
    for user in (cast.neighbour, cast.foreigner):
        assert many(counted(user)) == (0, 0)
    over_both = world.make_person(cast.place.root, Role.SUPERVISOR)
    world.make_submitted_incident(world.make_person(cast.place.other_team))
    assert many(counted(over_both)) == (2, 3)
    assert counted(over_both).units == {"North A": 1, "South A": 1}
    assert many(counted(cast.supervisor)) == (1, 2)


def test_what_is_counted_may_be_opened(cast):
    of(cast)
    for user in (cast.supervisor, cast.second, cast.conflicted, cast.neighbour, cast.foreigner, cast.inspector):
        mine = Incident.objects.visible_to(fresh(user)).counted().filter(restricted=False)
        assert counted(user).reports <= mine.count()
        reviewed = Incident.objects.reviewed_by(fresh(user))
        assert not reviewed.exclude(pk__in=Incident.objects.visible_to(fresh(user)).values("pk")).exists()


def test_half_past_midnight_on_the_first_of_july_is_in_july(cast):
    first = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # 00:30 on 1 July in London
    of(cast, happened=first)
    assert [month.label for month in counted(cast.supervisor).months if month.reports] == ["July 2026", "December 2026"]
    assert many(counted(cast.supervisor, "2026-07")) == many(counted(cast.supervisor, "2026-27-Q2")) == (1, 1)
    assert many(counted(cast.supervisor, "2026-06")) == many(counted(cast.supervisor, "2026-27-Q1")) == (0, 0)


def test_the_first_contact_is_counted_by_how_long_it_took(cast):
    assert counted(cast.supervisor, at=MONDAY).contact == {TO_COME: 2}
    late = counted(cast.supervisor)
    assert (late.contact, late.in_time, late.spoken_to) == ({OVERDUE: 2}, 0, 0)
    for position, hours in ((1, 3), (2, 15)):
        Task.objects.filter(assault__incident=cast.incident, assault__position=position, kind="first-contact").update(
            done_at=MONDAY + timedelta(hours=hours), done_by=cast.supervisor
        )
    done = counted(cast.supervisor)
    assert (done.contact, done.in_time, done.spoken_to) == ({"4": 1, "24": 1}, 1, 2)


def test_how_a_report_stands_and_its_list_are_one_number(cast):
    returned, accepted = of(cast), of(cast)
    actions.return_for_changes(incident=returned, reason="Where?", by=fresh(cast.supervisor), at=NOW)
    Incident.objects.filter(pk=accepted.pk).update(
        status="accepted", accepted_at=NOW - timedelta(days=80), accepted_by=cast.supervisor
    )
    Incident.objects.filter(pk=of(cast, conducts=[["verbal-abuse"]]).pk).update(quick_log=True)
    found, client = counted(cast.supervisor), people.signed_in(cast.supervisor)
    assert found.stands == dict.fromkeys(STANDS, 1)
    page = client.get(PAGE).content.decode()
    for key in STANDS:
        link = f"/reports/queue/?tab={key}&period={ALL}"
        assert link.replace("&", "&amp;") in page
        assert f"{found.stands[key]} {'entry' if key == 'log' else 'report'}, December 2025" in said(client.get(link))
    link = f"/reports/queue/?tab=duties&period={ALL}"
    assert link.replace("&", "&amp;") in page
    assert f"{found.contact[OVERDUE]} people, December 2025" in said(client.get(link))
    assert "Nothing fits the filter." in said(client.get("/reports/queue/?tab=accepted&period=2026-07"))


# The page ------------------------------------------------------------------------------------------------------------


def test_the_page_says_whose_reports_it_counts_and_that_it_is_not_for_publication(cast):
    page = said(people.signed_in(cast.supervisor).get(PAGE))
    assert "Not for publication: counts of what you may open" in page
    assert "Whose reports are counted" in page and "Published figures differ." in page
    assert "December 2026 so far" in page and "Physical assault" in page
    for person in (cast.writer, cast.colleague, cast.officer):
        assert person.family_name not in page
    assert cast.reference not in page
    assert PAGE in people.signed_in(cast.supervisor).get("/reports/queue/").content.decode()


def test_where_nothing_happened_the_page_says_so(cast):
    client = people.signed_in(cast.supervisor)
    for code in ("2026-07", "2026-27-Q1"):
        page = said(client.get(f"{PAGE}?period={code}"))
        assert "No report that you may review happened in these months." in page and "<table" not in page
    assert "No report that you may review" in said(people.signed_in(cast.neighbour).get(PAGE))


def test_a_page_of_somebody_who_is_kept_from_a_report_is_as_if_there_were_none(cast):
    """Whatever is withheld leaves no trace: with the report and without it, the same page to the byte."""
    nothing = said(people.signed_in(cast.neighbour).get(PAGE))
    assert said(people.signed_in(cast.conflicted).get(PAGE)) == nothing
    actions.restrict(incident=cast.incident, by=fresh(cast.writer), at=NOW)
    assert said(people.signed_in(cast.second).get(PAGE)) == nothing
    assert said(people.signed_in(cast.supervisor).get(PAGE)) == nothing


def test_only_a_supervisor_has_the_page_and_to_all_others_it_is_an_unknown_address(cast):
    for who in ("writer", "inspector", "governor", "officer", "stranger"):
        client = people.signed_in(getattr(cast, who))
        for path in (PAGE, f"{PAGE}?period=2026-07", f"{PAGE}?colour=red"):
            answer = client.get(path)
            assert answer.status_code == 404
            assert answer.content == client.get("/reports/queue/figurse/").content
    assert AuditEvent.objects.filter(object_type="desk_figures", outcome="refused").exists()
    assert not AuditEvent.objects.filter(object_type="desk_figures", outcome="seen").exists()


def test_a_role_that_ended_ends_the_page(cast):
    client = people.signed_in(cast.supervisor)
    assert client.get(PAGE).status_code == 200
    cast.supervisor.memberships.update(until_on=london_date(NOW) - timedelta(days=1))
    assert client.get(PAGE).status_code == 404


@pytest.mark.parametrize(
    "query", ["period=2026", "period=2025-11", "period=2027-01", "period=all", "unit=1", "page=2", "period=%C2%BD",
              "period=2026-07&period=2026-07", "period=2026-07&kind=physical", "period=2026-07'--"],
)  # fmt: skip
def test_only_the_months_that_are_offered_can_be_asked_for(cast, query):
    answer = people.signed_in(cast.supervisor).get(f"{PAGE}?{query}")
    assert answer.status_code == 400
    assert "That is not among the figures" in said(answer)


def test_a_look_is_written_down(cast):
    people.signed_in(cast.supervisor).get(f"{PAGE}?period=2026-12")
    line = AuditEvent.objects.get(object_type="desk_figures")
    assert (line.action, line.outcome, line.actor_id, line.object_id) == ("look", "seen", cast.supervisor.pk, "2026-12")
    assert line.subject_ids == []


def test_the_page_takes_as_many_statements_at_50_reports_as_at_5(cast):
    client = people.signed_in(cast.supervisor)
    client.get(PAGE)
    taken = []
    for more in (4, 45):
        copies(cast.incident, more)
        with CaptureQueriesContext(connection) as queries:
            page = said(client.get(PAGE))
        real = [q for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
        taken.append(len(real))
    assert "50" in page and taken[0] == taken[1] <= 10, taken


def test_a_year_is_read_by_an_index(cast):
    period = periods(london_date(NOW))[0]
    with CaptureQueriesContext(connection) as queries:
        figures_of(fresh(cast.supervisor), period, at=NOW)
    statements = [query["sql"] for query in queries if "occurred_from" in query["sql"]]
    assert len(statements) == 3
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for statement in statements:
            cursor.execute(f"EXPLAIN {statement}")
            plan = " ".join(row[0] for row in cursor.fetchall())
            assert "Seq Scan on reports_incident" not in plan, plan


def test_the_address_is_named():
    assert reverse("reports:desk-figures") == PAGE
