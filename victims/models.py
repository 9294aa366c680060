"""Welfare rows: what is owed to a person assaulted, what was offered, what they chose, and the clocks that run.

Law-enforcement pages cannot name these tables. A supervisor does not learn that a referral exists.
"""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from campion.models import Force, Reference, Unit, User
from campion.roles import Role
from campion.sealed import SecretText
from reports.models import Assault


class Entitlement(Reference):
    """A right under the Victims' Code, or a step of a force's assault plan, in one edition (domain paper 2.3).

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
        units = user.reach.get(Role.WELFARE, frozenset())
        conflicted = Q(assault__incident__conflicts__user=user, assault__incident__conflicts__ended_at=None)
        named = Q(
            assault__incident__named_readers__user=user,
            assault__incident__named_readers__approved_at__isnull=False,
            assault__incident__named_readers__removed_at=None,
        )
        desk = Q(unit__in=units) if units else Q(pk__in=[])
        open_to_desk = self.model.objects.filter(
            desk & (Q(assault__incident__restricted=False) | named)
        ).exclude(pk__in=self.model.objects.filter(conflicted).values("pk"))  # fmt: skip
        return self.filter(force=user.force_id).filter(
            Q(person=user) | Q(pk__in=open_to_desk.exclude(person=user).values("pk"))
        )

    def on_desk(self, user):
        """What waits on the welfare desk of this person."""
        return self.visible_to(user).exclude(person=user).exclude(state=Referral.State.MERGED)


@pghistory.track(
    model_name="ReferralEvent",
    fields=["id", "reference", "force", "unit", "assault", "person", "state", "urgent", "offered_at", "chosen_at",
            "chosen_by", "ask_again_on", "merged_into"]
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
    chosen_at = models.DateTimeField(null=True, blank=True)
    chosen_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ask_again_on = models.DateField(null=True, blank=True)
    channel = models.CharField(max_length=10, choices=Channel, blank=True)
    contact = SecretText()
    safe_times = SecretText()
    may_leave_message = models.BooleanField(default=False)
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
                name="referral_later_says_when", condition=~Q(state="later") | Q(ask_again_on__isnull=False)
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
            models.Index(name="referral_desk", fields=["unit", "state", "offered_at", "id"]),
        ]

    def get_absolute_url(self):
        return reverse("victims:referral", args=[self.reference])


@pghistory.track(
    model_name="ClockEvent",
    fields=["id", "referral", "entitlement", "started_at", "due_on", "calendar_edition", "rule_edition", "met_at",
            "met_by", "not_applicable"]
)  # fmt: skip
class Clock(models.Model):
    """One entitlement, one person, one trigger, and its due date: computed once, stored with the editions that made it.

    A missed limit is never removed; a clock never pauses.
    """

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="clocks")
    entitlement = models.ForeignKey(Entitlement, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    due_on = models.DateField()
    calendar_edition = models.CharField(max_length=60)
    rule_edition = models.CharField(max_length=60)
    met_at = models.DateTimeField(null=True, blank=True)
    met_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    not_applicable = models.CharField(max_length=40, blank=True)  # why, as a code

    class Meta:
        constraints = [
            models.UniqueConstraint(name="clock_once_a_trigger", fields=["referral", "entitlement", "started_at"]),
            models.CheckConstraint(
                name="clock_met_at_and_by_together",
                condition=Q(met_at=None, met_by=None) | Q(met_at__isnull=False, met_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="clock_open_by_due", fields=["due_on"], condition=Q(met_at=None, not_applicable="")),
        ]
