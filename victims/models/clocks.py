"""The clock: one thing owed to one person, from one trigger, with its limit; and the notices that it called for."""

import uuid

import pghistory
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from campion.models import User
from campion.roles import Role
from campion.sealed import SecretJSON, SecretText
from reports.models import Assault, CaseEvent, Conflict, Incident, NamedReader, reviewed
from victims.deadlines import Unit
from victims.models.entitlements import Entitlement, NoticeStep
from victims.models.referrals import Referral

OwedBy = Entitlement.OwedBy
FORCES_OWN = (OwedBy.OFFICER, OwedBy.SUPERVISOR, OwedBy.WITNESS_CARE)
"""Whose lateness goes up the line."""
OPEN = Q(met_at=None, not_applicable="")
"""The condition of a clock that runs."""


def near(user):
    """Give the keys of the reports among which those are that this person reviews, by what an index finds."""
    units = user.reach.get(Role.SUPERVISOR, frozenset())
    named = NamedReader.objects.filter(user=user, approved_at__isnull=False, removed_at=None).values("incident")
    if not units:
        return named
    within = Incident.objects.filter(unit__in=units).values("pk")
    return within.union(Assault.objects.filter(unit__in=units).values("incident"), named)


class ClockQuerySet(models.QuerySet):
    def running(self):
        """Clocks that were neither met nor ended."""
        return self.filter(met_at=None, not_applicable="")

    def without_a_date(self):
        """Running clocks whose limit lies beyond the known holidays."""
        return self.running().filter(due_on=None)

    def of_family(self, *families):
        """Clocks of these families of entitlements."""
        return self.filter(entitlement__family__in=families)

    def open_to(self, user, *, owing=None):
        """What this person may record as done: what they owe, what the desk owes in cases that they carry, and what
        is theirs to do about their own case.

        :param owing: codes of who owes, where that is known: the same answer for those alone, by a shorter question
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        asked = set(OwedBy) if owing is None else set(owing)
        desk = asked & {OwedBy.WELFARE, OwedBy.OCCUPATIONAL_HEALTH}
        found = Q(pk__in=[])
        if asked - {OwedBy.WELFARE, OwedBy.PERSON}:
            found |= self._owed(user, asked)  # in place, not as a list of keys: that would be all that they owe
        if desk and user.plays(Role.WELFARE):
            carried = Referral.objects.carried_by(user).filter(pk=OuterRef("referral"))
            found |= Q(owed_by__in=desk) & Q(Exists(carried))
        if OwedBy.PERSON in asked:
            found |= Q(owed_by=OwedBy.PERSON, referral__person=user)
        return self.filter(found)

    def owed_by(self, user, *, owing=None):
        """What this person owes today, to people assaulted in cases that are theirs, and for whom they stand in.

        The officer in the case owes by that relation, and whoever reviews the report by that; witness care,
        occupational health and governance by a role in the unit. Nobody owes anything where the report has a conflict
        with them or is about them; nor through a role, or in somebody's place, where they filed it, or it is restricted
        without naming them. A complaint is owed by whoever deals with it. What the welfare desk owes is on its desk.

        :param owing: codes of who owes, where that is known
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(self._owed(user, set(OwedBy) if owing is None else set(owing)))

    def listed_for(self, user, among):
        """Give what `owed_by(user)` gives, of clocks in one of these conditions: for a list and for counts.

        Each reason why somebody owes something is a search of its own, from what is theirs to its clocks. All of them
        in one question, with an OR between them, would have every clock of the force looked at.

        :param among: conditions on a clock's own columns, such as OPEN
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        reasons, rest = self._reasons(user, set(OwedBy), narrow=True), self._not_barred(user)
        searches = [
            self.model.objects.filter(why, rest, one).order_by().values("pk") for why in reasons for one in among
        ]
        return self.filter(pk__in=searches[0].union(*searches[1:], all=True)) if searches else self.none()

    def _owed(self, user, asked) -> Q:
        mine = Q(pk__in=[])
        for why in self._reasons(user, asked):
            mine |= why
        return mine & self._not_barred(user)

    def _reasons(self, user, asked, *, narrow=False) -> list[Q]:
        """Give the conditions under which a person owes something, by why they do.

        :param narrow: for a list: add from which reports to look at all, which says nothing new
        """
        incident = "referral__assault__incident"
        found = []
        if OwedBy.OFFICER in asked:
            found.append(Q(owed_by=OwedBy.OFFICER, **{f"{incident}__officer_in_case": user}))
            if user.stands_in_for:
                officers = Q(**{f"{incident}__officer_in_case__in": user.stands_in_for})
                found.append(Q(owed_by=OwedBy.OFFICER) & officers & self._open_to(user))
        by_role = {
            OwedBy.WITNESS_CARE: Role.WITNESS_CARE,
            OwedBy.OCCUPATIONAL_HEALTH: Role.OCCUPATIONAL_HEALTH,
            OwedBy.GOVERNANCE: Role.GOVERNANCE,
            OwedBy.CPS: Role.WITNESS_CARE,  # follows it up, and enters what the prosecution did and when
        }
        for owed_by, role in by_role.items():
            units = user.reach.get(role, frozenset())
            if units and owed_by in asked:
                through = Q(owed_by=owed_by, referral__unit__in=units) & self._open_to(user)
                if owed_by == OwedBy.GOVERNANCE:
                    complaints = self.model._meta.get_field("complaint").related_model.objects
                    through &= Q(pk__in=complaints.handled_by(user).values("clock"))
                found.append(through)
        # Whoever reviews the report owes the supervisor's part; and the officer's, while nobody investigates or that
        # officer has left.
        nobody = Q(**{f"{incident}__officer_in_case": None}) | Q(**{f"{incident}__officer_in_case__is_active": False})
        reviewing = Q(owed_by=OwedBy.SUPERVISOR) | Q(owed_by=OwedBy.OFFICER) & nobody
        if asked & {OwedBy.SUPERVISOR, OwedBy.OFFICER}:
            where = Q(**{f"{incident}__in": near(user)}) if narrow else Q()
            found.append(where & reviewing & reviewed(user, f"{incident}__"))
        return found

    @staticmethod
    def _not_barred(user) -> Q:
        incident = "referral__assault__incident"
        tied = Assault.objects.filter(person=user).values("incident")
        conflicts = Conflict.objects.filter(user=user, ended_at=None).values("incident")
        return (
            Q(referral__force=user.force_id, referral__merged_into=None)
            & ~Q(**{f"{incident}__in": conflicts})
            & ~Q(**{f"{incident}__in": tied})
            & ~Q(referral__person=user)
            # Whatever an edition says, an exposure is read by its person, the desk and occupational health alone.
            & ~(~Q(owed_by=OwedBy.OCCUPATIONAL_HEALTH) & Q(entitlement__family=Entitlement.Family.EXPOSURE))
        )

    def late_in_units_of(self, user, *, on):
        """What is late on that London date in the units of an inspector or single point of contact, by reference alone.

        None of a restricted report, nor of one that they filed, are in, or have a conflict with. Never what only a
        person who wants support is owed, a complaint, an exposure, or what somebody outside the force owes. The single
        point of contact is told that the welfare desk is late too, and not with what.
        """
        known = user.is_authenticated and user.is_active
        inspected = user.reach.get(Role.INSPECTOR, frozenset()) if known else frozenset()
        contacted = user.reach.get(Role.SPOC, frozenset()) if known else frozenset()
        if not inspected and not contacted:
            return self.none()
        incident = "referral__assault__incident"
        theirs = Q(owed_by__in=FORCES_OWN, entitlement__needs_yes=False, referral__unit__in=inspected | contacted)
        desks = Q(owed_by=OwedBy.WELFARE, referral__closed_at=None, referral__unit__in=contacted)
        tied = Assault.objects.filter(person=user).values("incident")
        conflicts = Conflict.objects.filter(user=user, ended_at=None).values("incident")
        return (
            self.running()
            .filter(theirs | desks, due_on__lt=on, referral__force=user.force_id, referral__merged_into=None)
            .filter(**{f"{incident}__restricted": False})
            .exclude(entitlement__family=Entitlement.Family.EXPOSURE)
            .exclude(**{f"{incident}__reporter": user})
            .exclude(**{f"{incident}__in": conflicts})
            .exclude(**{f"{incident}__in": tied})
        )

    @staticmethod
    def _open_to(user):
        incident = "referral__assault__incident"
        named = NamedReader.objects.filter(
            incident=OuterRef(incident), user=user, approved_at__isnull=False, removed_at=None
        )
        return (Q(**{f"{incident}__restricted": False}) | Exists(named)) & ~Q(**{f"{incident}__reporter": user})


@pghistory.track(
    model_name="ClockEvent",
    fields=["id", "referral", "entitlement", "owed_by", "event", "started_at", "unit", "amount", "due_on", "due_at",
            "calendar_edition", "rule_edition", "first_due_on", "first_due_at", "enhanced_at", "enhanced_amount",
            "met_at", "met_by",
            "channel", "not_applicable", "not_applicable_at", "waiting_on", "waiting_since_at"]
)  # fmt: skip
class Clock(models.Model):
    """One entitlement, one person, one trigger, and its due date: computed once, stored with the editions that made it.

    A missed limit is never removed; a clock never pauses. It ends when it is met, or no longer applies, and says why.
    Where the known holidays end before the limit there is no date and no calendar until they are known. Enhanced rights
    count a running clock anew from the switch; what it was first given stays beside.
    """

    class Why(models.TextChoices):
        """Why a clock no longer applies."""

        DECLINED = "declined", "support was declined for now"
        LATER = "later", "the person asked to be asked again later"
        SUPPORTED = "supported", "the person has support already"
        MERGED = "merged", "another clock for the same assault goes on"
        STRUCK = "struck", "what started it was entered by mistake"
        MOVED = "moved", "the hearing was moved or cancelled"
        NOT_WANTED = "not-wanted", "the person did not want it"
        NOT_OWED = "not-owed", "it does not apply here, for a reason given"

    class WaitingOn(models.TextChoices):
        """Who else must act before this can be done. Their lateness is another fact: the clock goes on."""

        PERSON = "person", "the person"
        COURT = "court", "the court"
        CPS = "cps", "the Crown Prosecution Service"
        SERVICE = "service", "a support service"
        HEALTH = "health", "occupational health or a hospital"
        OTHER = "other", "somebody else"

    class Channel(models.TextChoices):
        """How somebody was told."""

        CALL = "call", "Phone call"
        TEXT = "text", "Text message"
        EMAIL = "email", "Email"
        IN_PERSON = "in-person", "In person"
        LETTER = "letter", "Letter"

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="clocks")
    entitlement = models.ForeignKey(Entitlement, models.PROTECT, related_name="+")
    owed_by = models.CharField(max_length=40, choices=OwedBy)
    event = models.ForeignKey(CaseEvent, models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField()
    unit = models.CharField(max_length=12, choices=[(unit.value, unit.value) for unit in Unit])
    amount = models.SmallIntegerField()
    end_of_duty_at = models.DateTimeField(null=True, blank=True)  # for a limit of one tour of duty
    due_on = models.DateField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)  # where the limit is a moment
    calendar_edition = models.CharField(max_length=60, blank=True)
    rule_edition = models.CharField(max_length=120)

    # enhanced rights, part-way
    enhanced_at = models.DateTimeField(null=True, blank=True)
    enhanced_amount = models.SmallIntegerField(null=True, blank=True)
    first_due_on = models.DateField(null=True, blank=True)
    first_due_at = models.DateTimeField(null=True, blank=True)

    # met: when it was done in the world, by whom, how, and what shows it
    met_at = models.DateTimeField(null=True, blank=True)
    met_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    met_entered_at = models.DateTimeField(null=True, blank=True)
    channel = models.CharField(max_length=10, choices=Channel, blank=True)
    evidence = SecretJSON()

    not_applicable = models.CharField(max_length=10, choices=Why, blank=True)
    not_applicable_at = models.DateTimeField(null=True, blank=True)
    not_applicable_reason = SecretText()
    waiting_on = models.CharField(max_length=10, choices=WaitingOn, blank=True)
    waiting_since_at = models.DateTimeField(null=True, blank=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="clock_once_a_trigger",
                fields=["referral", "entitlement", "started_at", "event"],
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                name="clock_one_running",
                fields=["referral", "entitlement"],
                condition=Q(met_at=None, not_applicable="", event=None),
            ),
            models.CheckConstraint(
                name="clock_met_at_and_by_together",
                condition=Q(met_at=None, met_by=None, met_entered_at=None)
                | Q(met_at__isnull=False, met_by__isnull=False, met_entered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="clock_met_after_it_started_and_before_it_was_entered",
                condition=Q(met_at=None) | Q(unit="days") | Q(met_at__gte=F("started_at")),
            ),
            models.CheckConstraint(
                name="clock_not_applicable_says_why_and_when",
                condition=Q(not_applicable="", not_applicable_at=None)
                | Q(
                    not_applicable__in=[
                        "declined",
                        "later",
                        "supported",
                        "merged",
                        "struck",
                        "moved",
                        "not-wanted",
                        "not-owed",
                    ],
                    not_applicable_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="clock_not_owed_gives_a_reason",
                condition=~Q(not_applicable="not-owed") | Q(not_applicable_reason__isnull=False),
            ),
            models.CheckConstraint(name="clock_ends_once", condition=Q(met_at=None) | Q(not_applicable="")),
            models.CheckConstraint(
                name="clock_due_on_with_its_calendar",
                condition=Q(due_on=None, calendar_edition="") | Q(due_on__isnull=False) & ~Q(calendar_edition=""),
            ),
            models.CheckConstraint(name="clock_moment_has_its_day", condition=Q(due_at=None) | Q(due_on__isnull=False)),
            models.CheckConstraint(
                name="clock_limit_is_a_working_day_at_least",
                condition=Q(amount__gte=1) | Q(unit="days"),
            ),
            models.CheckConstraint(
                name="clock_waiting_on_and_since_together",
                condition=Q(waiting_on="", waiting_since_at=None)
                | ~Q(waiting_on="") & Q(waiting_since_at__isnull=False),
            ),
            models.CheckConstraint(
                name="clock_enhanced_keeps_its_first_day",
                condition=Q(enhanced_at=None, enhanced_amount=None, first_due_on=None, first_due_at=None)
                | Q(enhanced_at__isnull=False, enhanced_amount__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="clock_open_by_due", fields=["due_on"], condition=Q(met_at=None, not_applicable="")),
            models.Index(
                name="clock_owed_by_due", fields=["owed_by", "due_on", "id"],
                condition=Q(met_at=None, not_applicable=""),
            ),
            models.Index(
                name="clock_open_of_case", fields=["referral", "owed_by"],
                condition=Q(met_at=None, not_applicable=""),
            ),
            models.Index(
                name="clock_met_by_entry", fields=["owed_by", "met_entered_at"], condition=Q(met_at__isnull=False),
            ),
            models.Index(
                name="clock_ended_by_day", fields=["owed_by", "not_applicable_at"], condition=~Q(not_applicable=""),
            ),
        ]  # fmt: skip

    @property
    def status(self):
        """Running, met or ended: what a workflow reads."""
        return "met" if self.met_at else "ended" if self.not_applicable else "running"

    def get_status_display(self):
        """Say the status in words."""
        return {"met": "Done", "ended": "Not applicable", "running": "Owed"}[self.status]


class ClockNotice(models.Model):
    """A notice that a clock called for, written once: before its limit, after it, and upward."""

    Kind = NoticeStep.Kind

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="clock_notice_once", fields=["clock", "kind"])]
