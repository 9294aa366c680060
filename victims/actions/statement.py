"""The Victim Personal Statement as its officer records it: offered, taken, added to. Its words are never here.

What the person chooses, and how it is to be read, is theirs to say (Victims' Code, Right 7).
"""

from contextlib import contextmanager

import pghistory
from django.db import transaction

from campion.workflow import Refused
from campion.working_days import london_date
from victims.actions.clocks import owing, record, settle
from victims.models import Clock, PersonalStatement, Referral

STATEMENT = "statement"
"""The evidence form of the right that this is about."""


def offer_statement(*, clock, offered_at, channel, by, at) -> PersonalStatement:
    """Record that the person was told of the Victim Personal Statement, and how; that meets the right.

    :raises Refused: if it is not this person's to do, is done or ended, or lies in the future or before the report
    """
    with owing(clock, "meet", by=by) as locked:
        if locked.entitlement.evidence_form != STATEMENT:
            raise Refused("There is no such duty.")
        if offered_at > at:
            raise Refused("That time is still to come. Enter it once it is done.")
        if offered_at < locked.started_at:
            raise Refused("That is before it was owed. Check the date and the time.")
        if channel not in Clock.Channel.values:
            raise Refused("Say how they were told.")
        offered = {"offered_at": offered_at, "offered_by": by}
        statement, _ = PersonalStatement.objects.get_or_create(referral=locked.referral, defaults=offered)
        settle(locked, met_at=offered_at, by=by, at=at, channel=channel)
    return statement


def take_statement(*, clock, on, by, at) -> PersonalStatement:
    """Record the day on which the statement was taken.

    :raises Refused: if it was not offered, was taken already, or the person does not want to make one
    """
    with _offered(clock, "take_statement", on, by=by, at=at) as statement:
        if statement.taken_on:
            raise Refused("It was taken already. Nothing was changed.")
        if statement.choice == PersonalStatement.Choice.NO:
            raise Refused("They said that they do not want to make one. They may change that whenever they like.")
        if on < london_date(statement.offered_at):
            raise Refused("That is before it was offered. Check the date.")
        statement.taken_on = on
        statement.save(update_fields=["taken_on"])
    return statement


def add_to_statement(*, clock, on, by, at) -> PersonalStatement:
    """Record the latest day on which something was added to the statement.

    :raises Refused: if none was taken, or that day lies before it
    """
    with _offered(clock, "add_to_statement", on, by=by, at=at) as statement:
        if statement.taken_on is None or on < statement.taken_on:
            raise Refused("Something is added only to a statement that was taken before. Check the date.")
        statement.added_to_on = on
        statement.save(update_fields=["added_to_on"])
    return statement


@contextmanager
def _offered(clock, verb, on, *, by, at):
    with transaction.atomic(), pghistory.context(user=by.pk):
        list(Referral.objects.select_for_update().filter(pk=clock.referral_id).values_list("pk"))
        rows = Clock.objects.open_to(by).filter(pk=clock.pk, entitlement__evidence_form=STATEMENT)
        locked = rows.select_related("entitlement", "referral").first()
        if locked is None:
            raise Refused("There is no such duty.")
        if on > london_date(at):
            raise Refused("That day is still to come. Enter it once it is done.")
        statement = PersonalStatement.objects.filter(referral=locked.referral_id).first()
        if statement is None:
            raise Refused("Offer it first, and record that.")
        yield statement
        record(verb, locked, by=by)
