"""What the person may choose, and what each choice does to the clocks."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from campion.models import AuditEvent, BankHoliday
from campion.roles import Role
from tests import world
from tests.stage import once
from tests.victims.cases import DUE, MONDAY, clock_of, clocks_of, fresh, offer_to
from victims import actions
from victims.models import Clock, Referral
from victims.workflow import OPEN, referral_workflow

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(hours=6)
SAID = actions.SafeContact("text", "07700 900982", "after nights", True, ("text", "email"), needs="A quiet room")


@once
def place():
    return world.make_force()


@once
def sam(place):
    return world.make_person(place.team, Role.REPORTER)


@once
def offer(sam):
    return offer_to(sam)


def test_a_yes_lets_the_clock_run_on(offer, sam):
    actions.agree(referral=offer, by=sam, at=LATER)
    offer = fresh(offer)
    assert (offer.state, offer.chosen_at, offer.chosen_by, offer.due_on) == ("accepted", LATER, sam, DUE)
    assert clock_of(offer).not_applicable == ""


@pytest.mark.parametrize(("act", "state"), [(actions.decline, "declined"), (actions.already_supported, "supported")])
def test_a_no_ends_the_clock_and_says_why(offer, sam, act, state):
    act(referral=offer, by=sam, at=LATER)
    offer, clock = fresh(offer), clock_of(offer)
    assert (offer.state, offer.due_on) == (state, None)
    assert (clock.not_applicable, clock.not_applicable_at, clock.due_on) == (state, LATER, DUE)


def test_later_is_a_date_on_which_the_desk_must_ask_again(offer, sam):
    day = date(2027, 1, 5)
    actions.choose_later(referral=offer, ask_again_on=day, by=sam, at=LATER)
    offer = fresh(offer)
    assert (offer.state, offer.ask_again_on, offer.due_on) == ("later", day, day)
    assert clock_of(offer).not_applicable == "later"


@pytest.mark.parametrize("days", [-1, 0, 367, 100_000])
def test_later_is_after_today_and_within_a_year(offer, sam, days):
    with pytest.raises(actions.Refused, match="after today and within a year"):
        actions.choose_later(referral=offer, ask_again_on=MONDAY.date() + timedelta(days=days), by=sam, at=MONDAY)
    assert fresh(offer).state == "offered"


def test_a_no_is_never_final_and_a_yes_after_it_starts_the_limit_anew(offer, sam):
    actions.decline(referral=offer, by=sam, at=LATER)
    much_later = MONDAY + timedelta(days=60)  # Friday 19 February 2027
    actions.agree(referral=offer, by=sam, at=much_later)
    first, second = clocks_of(offer)
    assert (first.not_applicable, first.due_on) == ("declined", DUE)
    assert (second.not_applicable, second.started_at, second.due_on) == ("", much_later, date(2027, 2, 23))
    assert fresh(offer).due_on == date(2027, 2, 22)  # the call after three days comes first


def test_a_missed_limit_stays_when_support_is_declined_afterwards(offer, sam):
    late = MONDAY + timedelta(days=10)
    actions.decline(referral=offer, by=sam, at=late)
    clock = clock_of(offer)
    assert clock.due_on == DUE < clock.not_applicable_at.date()


def test_every_choice_may_follow_every_other(place):
    day = date(2027, 1, 5)
    choices = {
        "accepted": actions.agree,
        "declined": actions.decline,
        "supported": actions.already_supported,
        "later": lambda **given: actions.choose_later(ask_again_on=day, **given),
    }
    sam = world.make_person(place.team)
    offer, at = offer_to(sam), MONDAY
    order = [second for first in choices for other in choices for second in (first, other)]
    for state in order:
        at += timedelta(minutes=10)
        choices[state](referral=offer, by=sam, at=at)
        offer = fresh(offer)
        assert offer.state == state
        running = Clock.objects.running().filter(referral=offer)
        assert running.filter(entitlement__code="referral").count() == (1 if state == "accepted" else 0)
        assert running.filter(entitlement__needs_yes=True).exists() == (state == "accepted")
        assert running.filter(entitlement__code="written-confirmation").count() == 1
        assert (offer.due_on is None) == (state in ("declined", "supported"))


def test_the_same_choice_again_changes_nothing(offer, sam):
    actions.agree(referral=offer, by=sam, at=LATER)
    lines = AuditEvent.objects.count()
    actions.agree(referral=offer, by=sam, at=LATER + timedelta(minutes=1))
    assert fresh(offer).chosen_at == LATER
    assert AuditEvent.objects.count() == lines


def test_how_to_be_reached_is_sealed_and_may_change(offer, sam):
    actions.change_contact(referral=offer, by=sam, at=LATER, said=SAID)
    offer = fresh(offer)
    assert (offer.channel, offer.contact, offer.safe_times, offer.may_leave_message, offer.contact_at) == (
        "text",
        "07700 900982",
        "after nights",
        True,
        LATER,
    )
    assert (offer.safe_ways, offer.needs) == (["text", "email"], "A quiet room")
    raws = Referral.objects.filter(pk=offer.pk).extra(select={"a": "contact", "b": "needs"}).values_list("a", "b")[0]
    assert not any(word in raw for raw in raws for word in ("07700", "quiet"))
    actions.change_contact(referral=offer, by=sam, at=LATER, said=replace(SAID, channel="", contact=""))
    assert fresh(offer).contact == ""


def test_an_unknown_way_to_be_reached_is_refused(offer, sam):
    with pytest.raises(actions.Refused, match="ways in the list"):
        actions.change_contact(referral=offer, by=sam, at=LATER, said=replace(SAID, channel="pigeon"))


@pytest.mark.parametrize("hours", [(time(7), None), (None, time(16)), (time(7), time(7))])
def test_quiet_hours_have_two_ends(offer, sam, hours):
    with pytest.raises(actions.Refused, match="both ends"):
        actions.change_contact(
            referral=offer, by=sam, at=LATER, said=replace(SAID, quiet_from=hours[0], quiet_until=hours[1])
        )


@pytest.mark.parametrize(
    "act",
    [
        actions.agree,
        actions.decline,
        actions.already_supported,
        lambda **given: actions.choose_later(ask_again_on=date(2027, 1, 5), **given),
        lambda **given: actions.change_contact(said=SAID, **given),
    ],
)
@pytest.mark.parametrize("who", ["a supervisor", "the desk", "a stranger", "another force"])
def test_nobody_chooses_for_somebody_else(offer, place, act, who):
    other = {
        "a supervisor": lambda: world.make_person(place.team, Role.SUPERVISOR),
        "the desk": lambda: world.make_person(place.team, Role.WELFARE, over=place.root),
        "a stranger": lambda: world.make_person(place.team, Role.REPORTER),
        "another force": lambda: world.make_person(world.make_force("elsewhere").team, Role.WELFARE),
    }[who]()
    before = Referral.objects.filter(pk=offer.pk).values().get()
    with pytest.raises(actions.Refused) as refusal:
        act(referral=offer, by=other, at=LATER)
    assert Referral.objects.filter(pk=offer.pk).values().get() == before
    known = who == "the desk"
    assert ("You may not" in str(refusal.value)) is known
    assert ("There is no such" in str(refusal.value)) is not known


def test_each_change_leaves_one_line_without_words_and_one_of_history(offer, sam):
    actions.agree(referral=offer, by=sam, at=LATER)
    actions.change_contact(referral=offer, by=sam, at=LATER, said=SAID)
    lines = AuditEvent.objects.filter(object_type="referral", object_id=offer.reference).order_by("id")
    assert [line.action for line in lines] == ["offer", "agree", "change_contact"]
    assert all(line.actor_id == sam.pk and line.subject_ids == [sam.pk] for line in lines)
    assert not any("07700" in str(value) for line in lines.values() for value in line.values())
    history = Referral.pgh_event_model.objects.filter(pgh_obj=offer.pk).order_by("pgh_id")
    states = list(history.values_list("state", flat=True))
    assert states[0] == "offered"
    assert states[-1] == "accepted"
    assert history.last().pgh_context["user"] == sam.pk


def test_the_history_keeps_no_way_to_reach_anybody():
    kept = {field.name for field in Referral.pgh_event_model._meta.fields}
    assert not kept & {
        "contact",
        "safe_times",
        "channel",
        "may_leave_message",
        "safe_ways",
        "needs",
        "quiet_from",
        "nights_until_on",
    }


def test_the_table_lets_each_choice_follow_any_but_a_merged_one():
    assert "merged" not in OPEN
    assert len(OPEN) == len(Referral.State.values) - 1
    for row in referral_workflow.transitions.values():
        assert row.sources == OPEN


# The calendar that ends ----------------------------------------------------------------------------------------------


def test_a_date_beyond_the_calendar_is_not_guessed_and_refuses_no_report(sam, caplog):
    BankHoliday.objects.filter(nation="england-and-wales", on__gte=date(2026, 1, 1)).delete()
    offer = offer_to(sam)
    clock = clock_of(offer)
    assert (clock.due_on, clock.calendar_edition, clock.amount, clock.unit) == (None, "", 2, "working-days")
    assert fresh(offer).due_on == date(2026, 12, 24)  # a call after 72 hours needs no holidays
    assert not offer.clocks.filter(unit="working-days", due_on__isnull=False).exists()
    assert "bank holidays of England and Wales are not known" in caplog.text
    assert sam.family_name not in caplog.text


def test_an_administrator_sets_the_dates_once_the_holidays_are_known(sam, place):
    kept = list(BankHoliday.objects.filter(nation="england-and-wales"))
    BankHoliday.objects.filter(nation="england-and-wales").delete()
    offer, declined = offer_to(sam), offer_to(world.make_person(place.team))
    actions.decline(referral=declined, by=declined.person, at=LATER)
    administrator = world.make_person(place.root, Role.ADMINISTRATOR)
    assert actions.date_waiting_clocks(by=administrator, at=LATER) == 0
    BankHoliday.objects.bulk_create(BankHoliday(nation=day.nation, on=day.on, name=day.name) for day in kept)
    waiting = Clock.objects.without_a_date().count()
    assert (
        waiting
        == offer.clocks.filter(unit="working-days").count()
        + declined.clocks.filter(unit="working-days", entitlement__needs_yes=False).count()
    )
    assert actions.date_waiting_clocks(by=administrator, at=LATER) == waiting
    assert (clock_of(offer).due_on, fresh(offer).due_on) == (DUE, DUE)
    assert clock_of(offer).calendar_edition.startswith("england-and-wales 2015-")
    assert actions.date_waiting_clocks(by=administrator, at=LATER) == 0


def test_only_an_administrator_sets_dates(sam):
    with pytest.raises(actions.Refused, match="Only an administrator"):
        actions.date_waiting_clocks(by=sam, at=LATER)


def test_a_clock_agrees_when_it_is_computed_again_from_what_is_stored(offer):
    from victims.calendars import england_and_wales
    from victims.deadlines import due_date

    clock, calendar = clock_of(offer), england_and_wales()
    assert due_date(clock.started_at, clock.amount, calendar) == clock.due_on
    assert calendar.edition == clock.calendar_edition
