"""What welfare does with somebody who said yes: needs, plan, contacts, services, the people around them, the end.

All of it hangs on the referral. Words are sealed; a person reads what is about them, the one who carries it the rest.
"""

import uuid

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from campion.models import User
from campion.roles import Role
from campion.sealed import SecretJSON, SecretText
from reports.models import Conflict
from victims.models.clocks import Clock
from victims.models.entitlements import Entitlement, SupportService
from victims.models.referrals import Referral


@pghistory.track(model_name="NeedsAssessmentEvent", fields=["id", "referral", "number", "risk", "enhanced", "at", "by"])
class NeedsAssessment(models.Model):
    """What somebody needs, asked in one order, and whether they have enhanced rights: decided by a person.

    The basis of enhanced rights is confidential (Victims' Code, enhanced rights). Asked again, it is another row.
    """

    class Risk(models.TextChoices):
        LOW = "low", "Low"
        MEDIUM = "medium", "Medium"
        HIGH = "high", "High: act today"

    class Enhanced(models.TextChoices):
        NO = "no", "No"
        YES = "yes", "Yes"
        DECLINED = "declined", "Yes by the facts, and the person does not want it"

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="assessments")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    risk = models.CharField(max_length=10, choices=Risk)
    answers = SecretJSON()  # area code -> level code
    words = SecretText()
    suggested = SecretJSON()  # route codes that the facts suggested, with the fact
    basis = SecretJSON()  # route codes that were decided
    enhanced = models.CharField(max_length=10, choices=Enhanced)
    review_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="needs_assessment_number_once", fields=["referral", "number"])]


class Goal(models.Model):
    """One thing that the person wants, in their words, by a day; part of the support plan."""

    class State(models.TextChoices):
        OPEN = "open", "Under way"
        DONE = "done", "Reached"
        DROPPED = "dropped", "Not wanted any more"

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="goals")
    words = SecretText()
    by_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="goal_ended_at_and_by_together",
                condition=Q(state="open", ended_at=None, ended_by=None)
                | ~Q(state="open") & Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]


class Contact(models.Model):
    """One attempt to reach the person, or they us: how, with what outcome, and what was said. Dated, signed, kept."""

    class Direction(models.TextChoices):
        OUT = "out", "We tried to reach them"
        IN = "in", "They reached us"

    class Outcome(models.TextChoices):
        SPOKE = "spoke", "Spoke"
        MESSAGE = "message", "Left a message"
        SENT = "sent", "Sent, no answer yet"
        NO_ANSWER = "no-answer", "No answer"
        NOT_SAFE = "not-safe", "Not safe to talk"
        WRONG = "wrong", "Wrong number or address"

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="contacts")
    happened_at = models.DateTimeField()
    channel = models.CharField(max_length=10, choices=Clock.Channel)
    direction = models.CharField(max_length=5, choices=Direction, default=Direction.OUT)
    outcome = models.CharField(max_length=10, choices=Outcome)
    words = SecretText()
    shared = models.BooleanField(default=True)  # the person reads it on their page
    clock = models.ForeignKey(Clock, models.PROTECT, null=True, blank=True, related_name="contacts")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(name="contact_by_referral", fields=["referral", "-happened_at", "-id"])]


class RelatedPerson(models.Model):
    """Somebody close to the person assaulted, supported in their own right and by their own consent."""

    class Relation(models.TextChoices):
        PARTNER = "partner", "Partner"
        PARENT = "parent", "Parent"
        CHILD = "child", "Child"
        SIBLING = "sibling", "Brother or sister"
        FRIEND = "friend", "Friend"
        COLLEAGUE = "colleague", "Colleague who was there"
        OTHER = "other", "Somebody else"

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="related_people")
    name = SecretText()
    relation = models.CharField(max_length=10, choices=Relation)
    contact = SecretText()
    needs = SecretText()
    consented_at = models.DateTimeField(null=True, blank=True)  # they said yes themselves
    consent_how = models.CharField(max_length=10, choices=Clock.Channel, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="related_person_consent_says_how",
                condition=Q(consented_at=None, consent_how="") | Q(consented_at__isnull=False) & ~Q(consent_how=""),
            ),
        ]


class Representative(models.Model):
    """Somebody who may speak for the person, by a check word, on what the person allowed."""

    class Kind(models.TextChoices):
        FEDERATION = "federation", "Police Federation or superintendents’ association"
        UNION = "union", "Union"
        FAMILY = "family", "Family or friend"
        SOLICITOR = "solicitor", "Solicitor"
        OTHER = "other", "Somebody else"

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="representatives")
    name = SecretText()
    kind = models.CharField(max_length=12, choices=Kind)
    contact = SecretText()
    check_word = SecretText()
    may_hear = ArrayField(models.CharField(max_length=20), default=list, blank=True)  # codes: support, case, court
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)


class Consent(models.Model):
    """The person's yes to one recipient being told so much: dated, and taken back whenever they like."""

    class How(models.TextChoices):
        SELF = "self", "Signed in and said so"
        CALL = "call", "By phone"
        IN_PERSON = "in-person", "In person"
        WRITING = "writing", "In writing"

    class Share(models.TextChoices):
        """What a recipient may be told."""

        NAME = "name", "Name"
        CONTACT = "contact", "How to reach them safely"
        WHAT = "what", "That they were assaulted at work, and how"
        NEEDS = "needs", "What they need"

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="consents")
    service = models.ForeignKey(SupportService, models.PROTECT, related_name="+")
    related_person = models.ForeignKey(RelatedPerson, models.PROTECT, null=True, blank=True, related_name="consents")
    shares = ArrayField(models.CharField(max_length=10, choices=Share), default=list)
    how = models.CharField(max_length=10, choices=How)
    given_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="consent_once_a_recipient",
                fields=["referral", "service", "related_person"],
                condition=Q(withdrawn_at=None),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="consent_withdrawn_at_and_by_together",
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]


@pghistory.track(
    model_name="OnwardReferralEvent",
    fields=["id", "referral", "service", "consent", "related_person", "by_the_person", "state", "sent_at", "sent_by",
            "received_at", "answered_at", "declined_for", "transferred_to", "ended_at", "result"]
)  # fmt: skip
class OnwardReferral(models.Model):
    """A referral to one service with the person's consent: sent, received, accepted or declined, transferred, ended."""

    class State(models.TextChoices):
        SENT = "sent", "Sent"
        RECEIVED = "received", "Received by the service"
        ACCEPTED = "accepted", "Accepted by the service"
        DECLINED = "declined", "Declined by the service"
        TRANSFERRED = "transferred", "Passed to another service"
        ENDED = "ended", "Ended"
        WITHDRAWN = "withdrawn", "Taken back by the person"
        JOINED = "joined", "Goes on in another"

    OPEN = (State.SENT, State.RECEIVED, State.ACCEPTED)

    class DeclinedFor(models.TextChoices):
        NOT_ELIGIBLE = "not-eligible", "Not for this kind of worker or need"
        FULL = "full", "No room now"
        NO_CONTACT = "no-contact", "Could not reach the person"
        OTHER = "other", "Another reason"

    class Result(models.TextChoices):
        HELPED = "helped", "It helped"
        PARTLY = "partly", "It helped a little"
        NOT = "not", "It did not help"
        NOT_TAKEN_UP = "not-taken-up", "The person did not take it up"

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="onward")
    service = models.ForeignKey(SupportService, models.PROTECT, related_name="+")
    consent = models.ForeignKey(Consent, models.PROTECT, related_name="onward")
    related_person = models.ForeignKey(RelatedPerson, models.PROTECT, null=True, blank=True, related_name="onward")
    by_the_person = models.BooleanField(default=False)  # they went there themselves, and told us
    state = models.CharField(max_length=12, choices=State, default=State.SENT)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    received_at = models.DateTimeField(null=True, blank=True)
    receipt = SecretText()  # the service's own reference
    answered_at = models.DateTimeField(null=True, blank=True)
    declined_for = models.CharField(max_length=12, choices=DeclinedFor, blank=True)
    declined_words = SecretText()
    transferred_to = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="came_from")
    ended_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=12, choices=Result, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="onward_state_is_known",
                condition=Q(
                    state__in=[
                        "sent",
                        "received",
                        "accepted",
                        "declined",
                        "transferred",
                        "ended",
                        "withdrawn",
                        "joined",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="onward_declined_says_why",
                condition=Q(state="declined") & ~Q(declined_for="") | ~Q(state="declined") & Q(declined_for=""),
            ),
            models.CheckConstraint(
                name="onward_transferred_says_where",
                condition=Q(state="transferred", transferred_to__isnull=False)
                | ~Q(state="transferred") & Q(transferred_to=None),
            ),
            models.CheckConstraint(
                name="onward_ended_says_when",
                condition=Q(
                    state__in=["declined", "transferred", "ended", "withdrawn", "joined"], ended_at__isnull=False
                )
                | ~Q(state__in=["declined", "transferred", "ended", "withdrawn", "joined"]) & Q(ended_at=None),
            ),
            models.UniqueConstraint(
                name="onward_one_open_a_service",
                fields=["referral", "service", "related_person"],
                condition=Q(state__in=["sent", "received", "accepted"]),
                nulls_distinct=False,
            ),
        ]

    @property
    def status(self):
        """The state, under the name that a workflow reads."""
        return self.state

    def get_status_display(self):
        return self.get_state_display()


class Appointment(models.Model):
    """A meeting that was arranged, and whether it took place. One that goes to another time is another meeting."""

    class Attended(models.TextChoices):
        YES = "yes", "Took place"
        NO = "no", "The person did not come"
        CANCELLED = "cancelled", "Cancelled"
        MOVED = "moved", "Moved to another time"

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="appointments")
    onward = models.ForeignKey(OnwardReferral, models.PROTECT, null=True, blank=True, related_name="appointments")
    meets_at = models.DateTimeField()
    with_whom = SecretText()
    place = SecretText()
    attended = models.CharField(max_length=10, choices=Attended, blank=True)
    reason = SecretText()  # why it was cancelled; the person reads it
    moved_to = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="moved_from")
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="appointment_recorded_at_and_by_together",
                condition=Q(recorded_at=None, recorded_by=None, attended="")
                | Q(recorded_at__isnull=False, recorded_by__isnull=False) & ~Q(attended=""),
            ),
            models.CheckConstraint(
                name="appointment_reason_of_one_cancelled", condition=Q(reason=None) | Q(attended="cancelled")
            ),
            models.CheckConstraint(
                name="appointment_moved_to_of_one_moved",
                condition=Q(moved_to=None) | Q(attended="moved") & ~Q(moved_to=F("id")),
            ),
        ]
        indexes = [models.Index(name="appointment_by_referral", fields=["referral", "meets_at"])]


class PersonalStatement(models.Model):
    """The Victim Personal Statement as five facts: offered, choice, taken, added to, and how it is to be read."""

    class Choice(models.TextChoices):
        YES = "yes", "Yes"
        LATER = "later", "Not yet"
        NO = "no", "No"

    class Reading(models.TextChoices):
        SELF = "self", "Read by the person, in court"
        OTHER = "other", "Read aloud by somebody else"
        PAPER = "paper", "Read by the court, not aloud"

    referral = models.OneToOneField(Referral, models.PROTECT, related_name="personal_statement")
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    choice = models.CharField(max_length=10, choices=Choice, blank=True)
    chosen_at = models.DateTimeField(null=True, blank=True)
    taken_on = models.DateField(null=True, blank=True)
    added_to_on = models.DateField(null=True, blank=True)
    reading = models.CharField(max_length=10, choices=Reading, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="personal_statement_choice_says_when",
                condition=Q(choice="", chosen_at=None) | ~Q(choice="") & Q(chosen_at__isnull=False),
            ),
            models.CheckConstraint(
                name="personal_statement_added_to_once_taken",
                condition=Q(added_to_on=None) | Q(taken_on__isnull=False, added_to_on__gte=F("taken_on")),
            ),
        ]


class ComplaintQuerySet(models.QuerySet):
    def handled_by(self, user):
        """Complaints that this person of information governance deals with: those of their units, outside line
        management.

        Never one of their own, nor of somebody whom they manage, nor where they are the officer in the case, carry the
        case or have a conflict. They read its words and nothing of the report, so a restricted one is no exception.
        """
        known = user.is_authenticated and user.is_active
        units = user.reach.get(Role.GOVERNANCE, frozenset()) if known else frozenset()
        if not units:
            return self.none()
        incident = "referral__assault__incident"
        conflicts = Conflict.objects.filter(user=user, ended_at=None).values("incident")
        return (
            self.filter(referral__force=user.force_id, referral__unit__in=units)
            .exclude(made_by=user)
            .exclude(referral__person=user)
            .exclude(referral__person__line_manager=user)
            .exclude(referral__owner=user)
            .exclude(**{f"{incident}__officer_in_case": user})
            .exclude(**{f"{incident}__in": conflicts})
        )

    def open(self):
        """Complaints without an answer."""
        return self.filter(answered_at=None)


class Complaint(models.Model):
    """A right that the person says was not met; goes to information governance, outside line management."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="complaints")
    about = models.ForeignKey(Entitlement, models.PROTECT, null=True, blank=True, related_name="+")
    words = SecretText()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    clock = models.OneToOneField(Clock, models.PROTECT, null=True, blank=True, related_name="complaint")
    answer = SecretText()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="complaint_answered_at_and_by_together",
                condition=Q(answered_at=None, answered_by=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="complaint_answered_by_somebody_else",
                condition=Q(answered_by=None) | ~Q(answered_by=F("made_by")),
            ),
        ]


class Satisfaction(models.Model):
    """How the person found the care they got, after four weeks and at the end; the desk never reads it by name."""

    class When(models.TextChoices):
        WEEKS = "28-days", "After four weeks"
        END = "end", "At the end"

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="satisfaction")
    asked = models.CharField(max_length=10, choices=When)
    score = models.PositiveSmallIntegerField()
    words = SecretText()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="satisfaction_once_a_time", fields=["referral", "asked"]),
            models.CheckConstraint(name="satisfaction_is_one_to_five", condition=Q(score__gte=1, score__lte=5)),
        ]


class Handover(models.Model):
    """Cases that went from one person of the desk to another at once, so that it can be taken back.

    Without `to_whom` a case went back to nobody, for anybody of the desk to claim.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    from_whom = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    to_whom = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    referrals = models.ManyToManyField(Referral, related_name="handovers")
    words = SecretText()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="handover_undone_at_and_by_together",
                condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False, undone_by__isnull=False),
            ),
        ]
