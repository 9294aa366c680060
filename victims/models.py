"""Welfare rows: what is owed to a person assaulted, what was offered, what they chose, and the clocks that run.

Law-enforcement pages cannot name these tables. A supervisor does not learn that a referral exists.
"""

import pghistory
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from campion.models import Force, Reference, Unit, User
from campion.roles import Role
from campion.sealed import SecretText
from reports.models import Assault, Conflict, NamedReader
from victims.permissions import Standing


class Entitlement(Reference):
    """A right under the Victims' Code, or a step of a force's assault plan, in one edition.

    Limits are in working days; `limit_words` says a limit that is not a number of days. Nothing of it is in code.
    """

    NATURAL = ("edition", "code")
    edition = models.SlugField(max_length=40)
    code = models.SlugField(max_length=60)
    right_number = models.PositiveSmallIntegerField(null=True, blank=True)
    title = models.CharField(max_length=200)
    trigger = models.SlugField(max_length=60)
    limit_working_days = models.PositiveSmallIntegerField(null=True, blank=True)
    limit_enhanced_working_days = models.PositiveSmallIntegerField(null=True, blank=True)
    limit_words = models.CharField(max_length=200, blank=True)
    owed_by = models.CharField(max_length=40)
    evidence = models.CharField(max_length=300, blank=True)

    class Meta(Reference.Meta):
        constraints = [
            *Reference.Meta.constraints,
            models.UniqueConstraint(name="entitlement_once_in_an_edition", fields=["edition", "code"]),
        ]


class SupportService(Reference):
    """Somewhere to turn to, and who may: by worker type. Dated, so that a service that ended is never offered."""

    NATURAL = ("code",)
    code = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    summary = models.CharField(max_length=400)
    phone = models.CharField(max_length=30, blank=True)
    website = models.CharField(max_length=200, blank=True)
    independent = models.BooleanField(default=True)
    round_the_clock = models.BooleanField(default=False)
    eligible = models.CharField(max_length=400)  # worker-type codes, separated by spaces
    family = models.BooleanField(default=False)
    owner = models.CharField(max_length=120, blank=True)
    review_on = models.DateField(null=True, blank=True)

    class Meta(Reference.Meta):
        pass


class ReferralQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Referrals that this person may know of: their own; and for welfare, those of their units.

        Nobody sees one through a role where the report has a conflict with them, or is restricted without naming them.
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

    def with_report(self):
        """Add what a page says of the report: its reference and when it happened; what is sealed stays sealed."""
        return self.annotate(
            report_reference=F("assault__incident__reference"), assaulted_at=F("assault__incident__occurred_from")
        ).defer("contact", "safe_times")

    def waiting(self):
        """Referrals in which the desk owes something: an offer unanswered, accepted, or to be made again on a date."""
        return self.filter(state__in=Referral.WAITING)

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
        return Q(unit__in=units) & ~Exists(conflict) & (Q(assault__incident__restricted=False) | Exists(named))


@pghistory.track(
    model_name="ReferralEvent",
    fields=["id", "reference", "force", "unit", "assault", "person", "state", "urgent", "offered_at", "due_on",
            "chosen_at", "chosen_by", "ask_again_on", "contact_at", "merged_into"]
)  # fmt: skip
class Referral(models.Model):
    """The offer of support to one person after one assault, and what they chose. One for each assault, for ever."""

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

    reference = models.CharField(max_length=12, unique=True)
    force = models.ForeignKey(Force, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # whose welfare desk carries it
    assault = models.OneToOneField(Assault, models.PROTECT, related_name="referral")
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="referrals")
    state = models.CharField(max_length=10, choices=State, default=State.OFFERED)
    urgent = models.BooleanField(default=False)  # an exposure, or physically hurt
    offered_at = models.DateTimeField()
    due_on = models.DateField(
        null=True, blank=True
    )  # when the desk must act: the running clock's limit, or to ask again
    chosen_at = models.DateTimeField(null=True, blank=True)
    chosen_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ask_again_on = models.DateField(null=True, blank=True)
    channel = models.CharField(max_length=10, choices=Channel, blank=True)
    contact = SecretText()
    safe_times = SecretText()
    may_leave_message = models.BooleanField(default=False)
    contact_at = models.DateTimeField(null=True, blank=True)  # when that was last said
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
                condition=Q(state__in=["offered", "accepted", "later"]) | Q(due_on=None),
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
        ]

    def get_absolute_url(self):
        return reverse("victims:referral", args=[self.reference])

    @property
    def status(self):
        """The state, under the name that a workflow reads."""
        return self.state

    def get_status_display(self):
        return self.get_state_display()

    def standing_of(self, user) -> Standing:
        """Give what this person is to this referral, once `visible_to(user)` has let them know of it. No query."""
        person = self.person_id is not None and self.person_id == user.pk
        return Standing(person=person, desk=not person and user.plays(Role.WELFARE))


class ClockQuerySet(models.QuerySet):
    def running(self):
        """Clocks that were neither met nor ended."""
        return self.filter(met_at=None, not_applicable="")

    def without_a_date(self):
        """Running clocks whose limit lies beyond the known holidays."""
        return self.running().filter(due_on=None)


@pghistory.track(
    model_name="ClockEvent",
    fields=["id", "referral", "entitlement", "started_at", "working_days", "due_on", "calendar_edition",
            "rule_edition", "met_at", "met_by", "not_applicable", "not_applicable_at"]
)  # fmt: skip
class Clock(models.Model):
    """One entitlement, one person, one trigger, and its due date: computed once, stored with the editions that made it.

    A missed limit is never removed; a clock never pauses. It ends when it is met, or no longer applies, and says why.
    Where the known holidays end before the limit there is no date and no calendar until they are known.
    """

    class Why(models.TextChoices):
        """Why a clock no longer applies."""

        DECLINED = "declined", "support was declined for now"
        LATER = "later", "the person asked to be asked again later"
        SUPPORTED = "supported", "the person has support already"
        MERGED = "merged", "another clock for the same assault goes on"

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="clocks")
    entitlement = models.ForeignKey(Entitlement, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    working_days = models.PositiveSmallIntegerField()
    due_on = models.DateField(null=True, blank=True)
    calendar_edition = models.CharField(max_length=60, blank=True)
    rule_edition = models.CharField(max_length=120)
    met_at = models.DateTimeField(null=True, blank=True)
    met_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    not_applicable = models.CharField(max_length=10, choices=Why, blank=True)
    not_applicable_at = models.DateTimeField(null=True, blank=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="clock_once_a_trigger", fields=["referral", "entitlement", "started_at"]),
            models.UniqueConstraint(
                name="clock_one_running",
                fields=["referral", "entitlement"],
                condition=Q(met_at=None, not_applicable=""),
            ),
            models.CheckConstraint(
                name="clock_met_at_and_by_together",
                condition=Q(met_at=None, met_by=None) | Q(met_at__isnull=False, met_by__isnull=False),
            ),
            models.CheckConstraint(
                name="clock_not_applicable_says_why_and_when",
                condition=Q(not_applicable="", not_applicable_at=None)
                | Q(not_applicable__in=["declined", "later", "supported", "merged"], not_applicable_at__isnull=False),
            ),
            models.CheckConstraint(name="clock_ends_once", condition=Q(met_at=None) | Q(not_applicable="")),
            models.CheckConstraint(
                name="clock_due_on_with_its_calendar",
                condition=Q(due_on=None, calendar_edition="") | Q(due_on__isnull=False) & ~Q(calendar_edition=""),
            ),
            models.CheckConstraint(name="clock_limit_is_a_working_day_at_least", condition=Q(working_days__gte=1)),
        ]
        indexes = [
            models.Index(name="clock_open_by_due", fields=["due_on"], condition=Q(met_at=None, not_applicable="")),
        ]
