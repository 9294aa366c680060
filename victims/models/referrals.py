"""The referral: support offered to one person after one assault, what they chose, and who of the desk carries it."""

from datetime import time

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from campion.models import Force, Unit, User
from campion.roles import Role
from campion.sealed import SecretText
from reports.models import Assault, Conflict, NamedReader
from victims.permissions import Standing


class Carriage:
    """A referral as the desk carries it: another workflow over the same row."""

    WORDS = {"unassigned": "Nobody’s yet", "carried": "Carried by somebody", "closed": "Closed"}

    def __init__(self, referral):
        self.referral = referral
        self.standing_of = referral.standing_of

    @property
    def status(self):
        """Unassigned, carried or closed."""
        if self.referral.closed_at:
            return "closed"
        return "carried" if self.referral.owner_id else "unassigned"

    def get_status_display(self):
        """Say the status in words."""
        return self.WORDS[self.status]


class ReferralQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Referrals that this person may know of: their own; and for welfare, those of their units.

        Nobody sees one through a role where the report has a conflict with them. Where it is restricted, only those
        on its list do, until the person themself says yes and so lets the desk know of them.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(Q(person=user) | self._open_to_desk_of(user), force=user.force_id)

    def on_desk(self, user):
        """What the welfare desk of this person carries: not their own, nor what was merged into another."""
        return (
            self.filter(self._open_to_desk_of(user), force=user.force_id)
            .exclude(person=user)
            .exclude(state=Referral.State.MERGED)
        )

    def carried_by(self, user):
        """What this person of the desk carries, and what they carry today for somebody whose deputy they are."""
        return self.on_desk(user).filter(owner__in=[user.pk, *user.stands_in_for])

    def joined_in(self, key):
        """A case, and those that were joined with it.

        To be asked for as `referral__in`: with an OR over a join in its place, every clock of everybody is read.

        :param key: the primary key of the case that goes on
        """
        return self.filter(Q(pk=key) | Q(merged_into=key))

    def with_report(self):
        """Add what a page says of the report: its reference and when it happened; what is sealed stays sealed."""
        return self.annotate(
            report_reference=F("assault__incident__reference"), assaulted_at=F("assault__incident__occurred_from")
        ).defer("contact", "safe_times", "needs")

    def open(self):
        """Cases that are not closed."""
        return self.filter(closed_at=None)

    def waiting(self):
        """Referrals in which the desk owes something: an offer unanswered, accepted, or to be made again on a date."""
        return self.open().filter(state__in=Referral.WAITING)

    def unassigned(self):
        """Referrals that nobody of the desk carries."""
        return self.filter(owner=None)

    def overdue(self, *, on):
        """Referrals whose day has passed on that London date."""
        return self.waiting().filter(due_on__lt=on)

    @staticmethod
    def _open_to_desk_of(user):
        units = user.reach.get(Role.WELFARE, frozenset()) if user.is_authenticated and user.is_active else frozenset()
        if not units:
            return Q(pk__in=[])
        incident = OuterRef("assault__incident")
        conflict = Conflict.objects.filter(incident=incident, user=user, ended_at=None)
        named = NamedReader.objects.filter(
            incident=incident, user=user, approved_at__isnull=False, removed_at=None
        )  # fmt: skip
        known = Q(assault=None) | Q(assault__incident__restricted=False) | Q(desk_may_know=True) | Exists(named)
        return Q(unit__in=units) & ~Exists(conflict) & known


@pghistory.track(
    model_name="ReferralEvent",
    fields=["id", "reference", "force", "unit", "assault", "person", "state", "urgent", "offered_at", "due_on",
            "chosen_at", "chosen_by", "ask_again_on", "contact_at", "merged_into", "desk_may_know", "owner",
            "claimed_at", "enhanced_at", "plan_review_on", "closed_at", "closed_by", "outcome"]
)  # fmt: skip
class Referral(models.Model):
    """Support for one person after one assault: the offer, what they chose, who carries it, until it is closed.

    One for each assault, for ever. A person may also ask for support without a report: then it has no assault.
    """

    class State(models.TextChoices):
        OFFERED = "offered", "Offered"
        ACCEPTED = "accepted", "Accepted"
        LATER = "later", "Ask again later"
        DECLINED = "declined", "Declined for now"
        SUPPORTED = "supported", "Already supported"
        MERGED = "merged", "Merged with another"

    WAITING = (State.OFFERED, State.ACCEPTED, State.LATER)
    """States in which the desk owes the person something, on a day."""

    class Channel(models.TextChoices):
        CALL = "call", "Phone call"
        TEXT = "text", "Text message"
        EMAIL = "email", "Email"
        IN_PERSON = "in-person", "In person"

    class Outcome(models.TextChoices):
        """How the person's case ended, on the desk's side."""

        HELPED = "helped", "Got the support they wanted"
        SOME = "some", "Got some of it"
        NOT_NEEDED = "not-needed", "Wanted no more support"
        LOST_TOUCH = "lost-touch", "Could not be reached"

    QUIET_AFTER_NIGHTS = (time(7, 0), time(16, 0))
    """When somebody who works nights sleeps, unless they said other hours."""

    reference = models.CharField(max_length=12, unique=True)
    force = models.ForeignKey(Force, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # whose welfare desk carries it
    assault = models.OneToOneField(Assault, models.PROTECT, null=True, blank=True, related_name="referral")
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="referrals")
    state = models.CharField(max_length=10, choices=State, default=State.OFFERED)
    urgent = models.BooleanField(default=False)  # an exposure, or physically hurt
    offered_at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True)  # when the desk must act: the nearest limit it owes, or to ask
    chosen_at = models.DateTimeField(null=True, blank=True)
    chosen_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ask_again_on = models.DateField(null=True, blank=True)
    desk_may_know = models.BooleanField(default=False)  # said yes, though the report is restricted

    # how to reach the person safely, in their own words and choices
    channel = models.CharField(max_length=10, choices=Channel, blank=True)
    contact = SecretText()
    safe_times = SecretText()
    may_leave_message = models.BooleanField(default=False)
    safe_ways = ArrayField(models.CharField(max_length=10, choices=Channel), default=list, blank=True)
    say_who_calls = models.BooleanField(default=False)  # whether a call may say that it is the welfare desk
    nights_until_on = models.DateField(null=True, blank=True)  # works nights up to then: sleeps in the day
    quiet_from = models.TimeField(null=True, blank=True)  # London wall clock, each day; may run over midnight
    quiet_until = models.TimeField(null=True, blank=True)
    needs = SecretText()  # language, British Sign Language, large print, somebody along
    contact_at = models.DateTimeField(null=True, blank=True)  # when that was last said

    # how the case is carried
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    claimed_at = models.DateTimeField(null=True, blank=True)
    enhanced_at = models.DateTimeField(null=True, blank=True)  # enhanced rights since; the basis is sealed elsewhere
    plan_review_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    objects = ReferralQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="referral_state_is_known",
                condition=Q(state__in=["offered", "accepted", "later", "declined", "supported", "merged"]),
            ),
            models.CheckConstraint(
                name="referral_chosen_at_and_by_together",
                condition=Q(chosen_at=None, chosen_by=None) | Q(chosen_at__isnull=False, chosen_by__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_choice_says_when",
                condition=Q(state__in=["offered", "merged"]) | Q(chosen_at__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_later_says_when",
                condition=Q(state="later", ask_again_on__isnull=False) | ~Q(state="later") & Q(ask_again_on=None),
            ),
            models.CheckConstraint(
                name="referral_due_only_while_waiting",
                condition=Q(state__in=["offered", "accepted", "later"], closed_at=None) | Q(due_on=None),
            ),
            models.CheckConstraint(
                name="referral_owner_and_claimed_at_together",
                condition=Q(owner=None, claimed_at=None) | Q(owner__isnull=False, claimed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_carried_by_somebody_else",
                condition=Q(owner=None) | Q(person=None) | ~Q(owner=F("person")),
            ),
            models.CheckConstraint(
                name="referral_closed_at_and_by_together",
                condition=Q(closed_at=None, closed_by=None, outcome="")
                | Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome=""),
            ),
            models.CheckConstraint(
                name="referral_quiet_hours_have_both_ends",
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=F("quiet_until")),
            ),
            models.CheckConstraint(
                name="referral_without_a_report_is_somebodys",
                condition=Q(assault__isnull=False) | Q(person__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_channel_is_known",
                condition=Q(channel__in=["", "call", "text", "email", "in-person"]),
            ),
            models.CheckConstraint(
                name="referral_merged_says_into_which",
                condition=(Q(state="merged") & Q(merged_into__isnull=False))
                | (~Q(state="merged") & Q(merged_into=None)),
            ),
            models.CheckConstraint(name="referral_not_merged_into_itself", condition=~Q(merged_into=F("id"))),
        ]
        indexes = [
            models.Index(name="referral_by_person", fields=["person", "-offered_at"]),
            models.Index(name="referral_by_urgency", fields=["force", "-urgent", "due_on", "id"]),
            models.Index(name="referral_by_due", fields=["force", "due_on", "id"]),
            models.Index(name="referral_by_age", fields=["force", "offered_at", "id"]),
            models.Index(name="referral_by_state", fields=["force", "state", "due_on", "id"]),
            models.Index(name="referral_by_owner", fields=["owner", "due_on", "id"], condition=Q(closed_at=None)),
            models.Index(
                name="referral_unassigned",
                fields=["force", "-urgent", "due_on", "id"],
                condition=Q(owner=None, closed_at=None),
            ),
            models.Index(
                name="referral_closed",
                fields=["force", "-closed_at", "id"],
                condition=Q(closed_at__isnull=False),
            ),
        ]

    def get_absolute_url(self):
        return reverse("victims:referral", args=[self.reference])

    @property
    def status(self):
        """The state, under the name that a workflow reads."""
        return self.state

    def get_status_display(self):
        """Say the state in words."""
        return self.get_state_display()

    @property
    def carriage(self):
        """The case, as the workflow of the desk reads it: unassigned, carried or closed."""
        return Carriage(self)

    def standing_of(self, user) -> Standing:
        """Give what this person is to this referral, once `visible_to(user)` has let them know of it.

        No query for the person and the one who carries it; for the rest of the desk one, of whom they stand in for.
        """
        if self.person_id is not None and self.person_id == user.pk:
            return Standing(person=True)
        desk = user.plays(Role.WELFARE)
        carries = desk and self.owner_id is not None and self.owner_id in (user.pk, *self._stood_in_for(user))
        return Standing(desk=desk, carries=carries, leads=desk and self.unit_id in user.leads(Role.WELFARE))

    def _stood_in_for(self, user):
        return () if self.owner_id == user.pk else user.stands_in_for
