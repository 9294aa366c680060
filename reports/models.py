"""The rows of a report: the incident, each person assaulted in it, and what belongs to them.

Law-enforcement data. Welfare rows live in `victims`, which may look here; nothing here looks there.
What is confidential in words or about health is sealed (campion/sealed.py); codes, dates and states are plain, and only
they are kept in history.
"""

import uuid

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.urls import reverse

from campion.local_time import ClockMark
from campion.models import Force, Reference, Unit, User, WorkerType
from campion.roles import Role
from campion.sealed import SecretJSON, SecretText
from campion.written import AnyOf, Given, written
from reports import case_kinds
from reports.permissions import Standing

# Reference rows ------------------------------------------------------------------------------------------------------


class Code(Reference):
    """A coded answer: a stable code and the words that people see."""

    NATURAL = ("code",)
    code = models.SlugField(unique=True, max_length=60)
    label = models.CharField(max_length=120)
    hint = models.CharField(max_length=300, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta(Reference.Meta):
        abstract = True

    def __str__(self):
        return self.label


class District(Reference):
    """A local authority district by ONS code: geography that stays when policing areas are redrawn."""

    NATURAL = ("code",)
    code = models.CharField(max_length=9, unique=True)
    name = models.CharField(max_length=100)
    force = models.ForeignKey(Force, models.PROTECT, related_name="districts")
    csp = models.CharField(max_length=100, blank=True)

    class Meta(Reference.Meta):
        pass

    def __str__(self):
        return self.name


class DistrictArea(Reference):
    """Which policing area a district lies in, from when, until when."""

    NATURAL = ("district", "area", "from_on")
    district = models.ForeignKey(District, models.PROTECT, related_name="areas")
    area = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    class Meta(Reference.Meta):
        constraints = [
            *Reference.Meta.constraints,
            models.UniqueConstraint(name="district_in_one_area_from_a_day", fields=["district", "from_on"]),
        ]


class Kind(models.TextChoices):
    """What an assault is counted under: the gravest of what was done, in this order (docs/glossary.md)."""

    SEXUAL = "sexual", "Sexual assault"
    PHYSICAL = "physical", "Physical assault"
    SPITTING = "spitting", "Spitting or bodily fluid"
    THREAT = "threat", "Threat"
    VERBAL = "verbal", "Verbal abuse"
    ONLINE = "online", "Online abuse"


class ConductType(Code):
    """Something that was done to somebody, in words a tired person recognises."""

    kind = models.CharField(max_length=10, choices=Kind)
    contact = models.BooleanField(default=False)
    exposure = models.BooleanField(default=False)
    injury_possible = models.BooleanField(default=True)

    class Meta(Code.Meta):
        pass


class PlaceType(Code):
    dwelling = models.BooleanField(default=False)

    class Meta(Code.Meta):
        pass


class Activity(Code):
    """What the person was doing at work, mapped to NIBRS element 25A."""

    nibrs_25a = models.CharField(max_length=2, blank=True)

    class Meta(Code.Meta):
        pass


class WeaponType(Code):
    nibrs_13 = models.CharField(max_length=2, blank=True)
    leoka = models.CharField(max_length=20, blank=True)

    class Meta(Code.Meta):
        pass


class InjuryType(Code):
    """An injury. `specified`: it may be one of those that RIDDOR names, so the adviser is asked at once."""

    specified = models.BooleanField(default=False)

    class Meta(Code.Meta):
        pass


class BodyPart(Code):
    class Meta(Code.Meta):
        pass


class Treatment(Code):
    """A level of treatment, with a severity band from 0 (none) to 3 (in hospital)."""

    severity = models.PositiveSmallIntegerField(default=0)

    class Meta(Code.Meta):
        pass


class HateStrand(Code):
    class Meta(Code.Meta):
        pass


class OffenceClass(Reference):
    """A Home Office class of recorded crime."""

    NATURAL = ("code",)
    code = models.CharField(max_length=10, unique=True)
    title = models.CharField(max_length=200)
    group = models.CharField(max_length=100, blank=True)
    constable_only = models.BooleanField(default=False)
    with_injury = models.BooleanField(null=True)

    class Meta(Reference.Meta):
        pass


class Outcome(Reference):
    """A Home Office outcome of a recorded crime, 1 to 22."""

    NATURAL = ("code",)
    code = models.SlugField(unique=True)
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)

    class Meta(Reference.Meta):
        pass


class SafetyLimit(Reference):
    """A number of days that the rules on reportable injuries name (riddor.Limits), in force from a date."""

    NATURAL = ("code", "from_on")
    code = models.SlugField(max_length=40)
    days = models.PositiveSmallIntegerField()

    class Meta(Reference.Meta):
        constraints = [
            *Reference.Meta.constraints,
            models.UniqueConstraint(name="safety_limit_once_from_a_day", fields=["code", "from_on"]),
        ]


class Advice(Reference):
    """A sentence of first-aid advice, shown in order to those whom it concerns."""

    NATURAL = ("code",)
    code = models.SlugField(unique=True)
    audience = models.CharField(max_length=20)
    order = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(max_length=500)

    class Meta(Reference.Meta):
        pass


# The incident --------------------------------------------------------------------------------------------------------


def _ties(user, of=""):
    """Give the people assaulted in an incident, and this person's places on its list and conflicts with it, as queries.

    :param of: the way to the incident from the row that asks, such as "incident__"; empty for the incident itself
    """
    incident = OuterRef(f"{of}pk")
    return (
        Assault.objects.filter(incident=incident),
        NamedReader.objects.filter(incident=incident, user=user, approved_at__isnull=False, removed_at=None),
        Conflict.objects.filter(incident=incident, user=user, ended_at=None),
    )


def _units(user, role):
    return user.reach.get(role, frozenset()) if user.is_authenticated and user.is_active else frozenset()


def _in_units(user, role, of=""):
    """Give the condition under which an incident lies in the units in which a person plays a role, or None if none."""
    units = _units(user, role)
    assaulted, _, _ = _ties(user, of)
    return Q(**{f"{of}unit__in": units}) | Exists(assaulted.filter(unit__in=units)) if units else None


def _no_part_in(user, of="") -> Q:
    """Give the condition under which a person is of the incident's force, in no way in it, and nothing bars them."""
    assaulted, _, conflicts = _ties(user, of)
    own = Q(**{f"{of}status": "draft"}) | Q(**{f"{of}reporter": user})
    return Q(**{f"{of}force": user.force_id}) & ~own & ~Exists(conflicts) & ~Exists(assaulted.filter(person=user))


_USER = Given("user", models.BigIntegerField())
_UNITS = Given("units", ArrayField(models.BigIntegerField()))


def _was_assaulted():
    assaulted, _, _ = _ties(_USER)
    return Exists(assaulted.filter(person=_USER))


def _is_named_reader():
    _, named, _ = _ties(_USER)
    return Exists(named)


def _is_conflicted():
    _, _, conflicts = _ties(_USER)
    return Exists(conflicts)


def _lies_in_units():
    assaulted, _, _ = _ties(_USER)
    return AnyOf("unit", _UNITS) | Exists(assaulted.filter(AnyOf("unit", _UNITS)))


def reviewed(user, of="") -> Q:
    """Give the condition under which a person reviews an incident: of one itself, or of a row that belongs to one.

    The same facts as `permissions.Standing.reviews`, on plain columns first, so that an index leads to few rows.

    :param of: the way to the incident, such as "incident__"; empty for the incident itself
    """
    within = _in_units(user, Role.SUPERVISOR, of)
    _, named, _ = _ties(user, of)
    granted = Q(Exists(named))
    if within:
        granted |= Q(**{f"{of}restricted": False}) & within
    return granted & _no_part_in(user, of)


def _no_conflict(user) -> Q:
    """Give the condition under which nothing bars a person from investigating: no conflict, and not assaulted."""
    assaulted, _, conflicts = _ties(user)
    return ~Exists(conflicts) & ~Exists(assaulted.filter(person=user)) & ~Q(status="draft")


def _played_in(user, role, of="") -> Q | None:
    """Give the condition under which a role beside the report opens an incident: `permissions.Standing._plays`.

    None if this person plays the role nowhere.
    """
    within = _in_units(user, role, of)
    if within is None:
        return None
    _, named, _ = _ties(user, of)
    listed = Q(**{f"{of}restricted": False}) | Exists(named)
    return Q(**{f"{of}status__in": Incident.COUNTED}) & within & listed & _no_part_in(user, of)


class IncidentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Everything this person may know exists: the one rule about reading.

        A draft is its writer's alone. After that: who reported it, who was assaulted in it, the supervisors of its
        units unless it is restricted, the named readers if it is, and the officer in the case. Somebody with a
        conflict (a suspect, or named by the person assaulted) sees nothing of it through a role.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        rows = self.with_standing(user).filter(force=user.force_id)
        return rows.filter(
            Q(status=Incident.Status.DRAFT, reporter=user)
            | ~Q(status=Incident.Status.DRAFT)
            & (
                Q(reporter=user)
                | Q(was_assaulted=True)
                | Q(is_conflicted=False)
                & (Q(restricted=False, supervises=True) | Q(is_named_reader=True) | Q(officer_in_case=user))
            )
        )

    def with_standing(self, user):
        """Add what this person is to each incident: the facts that permissions.py decides by."""
        never = Value(False, output_field=models.BooleanField())

        def in_units(role):
            units = _units(user, role)
            return written(_lies_in_units, units=list(units)) if units else never

        return self.annotate(
            standing_for=Value(user.pk, output_field=models.BigIntegerField()),
            was_assaulted=written(_was_assaulted, user=user.pk),
            supervises=in_units(Role.SUPERVISOR),
            plays_witness_care=in_units(Role.WITNESS_CARE),
            plays_health_safety=in_units(Role.HEALTH_SAFETY),
            is_named_reader=written(_is_named_reader, user=user.pk),
            is_conflicted=written(_is_conflicted, user=user.pk),
        )

    def reviewed_by(self, user):
        """Reports that this person may review: in their units or on a list that names them, and not their own."""
        known = user.is_authenticated and user.is_active
        return self.with_standing(user).filter(reviewed(user)) if known else self.none()

    def investigated_by(self, user):
        """Reports of which this person is the officer in the case, whatever came of them."""
        return self.visible_to(user).filter(officer_in_case=user, was_assaulted=False, is_conflicted=False)

    def court_cases_of(self, user):
        """Cases that were charged, for witness care: in their units or on a list that names them, never one that they
        are in. Of the report itself they read nothing."""
        played = _played_in(user, Role.WITNESS_CARE)
        return self.none() if played is None else self.with_standing(user).filter(played, charged_at__isnull=False)

    def worked_on_by(self, user):
        """Reports whose case this person may enter something in: as its officer, as reviewer, or as witness care."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        allowed = reviewed(user) | Q(officer_in_case=user) & _no_conflict(user)
        played = _played_in(user, Role.WITNESS_CARE)
        if played is not None:
            allowed |= played & Q(charged_at__isnull=False)
        return self.with_standing(user).filter(allowed, force=user.force_id)

    def advised_by(self, user):
        """Reports of whose injuries this person is told as health and safety adviser; never one that they are in."""
        played = _played_in(user, Role.HEALTH_SAFETY)
        return self.none() if played is None else self.with_standing(user).filter(played)

    def governed_by(self, user):
        """Restricted reports whose list of readers this person looks after; they see no content of them."""
        if not user.is_authenticated or not user.plays(Role.GOVERNANCE):
            return self.none()
        rows = self.with_standing(user).filter(force=user.force_id, restricted=True, was_assaulted=False)
        return rows.filter(is_conflicted=False).exclude(status=Incident.Status.DRAFT).exclude(reporter=user)

    def drafts_of(self, user):
        """Reports that this person began and has not put before a supervisor."""
        return self.visible_to(user).filter(status=Incident.Status.DRAFT, reporter=user)

    def mine(self, user):
        """Reports that this person filed or was assaulted in, drafts aside."""
        return (
            self.visible_to(user).filter(Q(reporter=user) | Q(was_assaulted=True)).exclude(status=Incident.Status.DRAFT)
        )

    def awaiting_review(self):
        """Reports before a supervisor."""
        return self.filter(status=Incident.Status.SUBMITTED)

    def counted(self):
        """Incidents that figures count: submitted or accepted; drafts, merged and withdrawn ones are left out."""
        return self.filter(status__in=Incident.COUNTED)

    def abandoned(self, *, before):
        """Drafts that nobody has saved since `before`."""
        return self.filter(status=Incident.Status.DRAFT, saved_at__lt=before)


@pghistory.track(
    model_name="IncidentEvent",
    fields=[
        "id", "reference", "force", "unit", "status", "quick_log", "restricted", "reporter", "reporter_role",
        "opened_at", "saved_at", "police_told_at", "occurred_from", "occurred_to", "precision", "clock_mark",
        "policing_day", "district", "area", "place_type", "activity", "crewing", "submitted_at", "submitted_by",
        "returned_at", "returned_by", "accepted_at", "accepted_by", "withdrawn_at", "withdrawn_by", "merged_at",
        "merged_by", "merged_into", "officer_in_case", "crime_recorded",
    ]
)  # fmt: skip
class Incident(models.Model):
    """One event in which one person or more was assaulted. In status draft it is a draft: a row, never a session."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Submitted"
        RETURNED = "returned", "Returned for changes"
        ACCEPTED = "accepted", "Accepted"
        MERGED = "merged", "Merged into another report"
        WITHDRAWN = "withdrawn", "Withdrawn"

    COUNTED = (Status.SUBMITTED, Status.RETURNED, Status.ACCEPTED)

    class ReporterRole(models.TextChoices):
        VICTIM = "victim", "The person assaulted"
        COLLEAGUE = "colleague", "A colleague"
        SUPERVISOR = "supervisor", "A supervisor"
        CONTROL_ROOM = "control_room", "The control room"
        HEALTH_SAFETY = "health_safety", "Health and safety"
        IMPORT = "import", "Imported"

    class Who(models.TextChoices):
        """The first question: who was assaulted."""

        ME = "me", "Me"
        COLLEAGUE = "colleague", "A colleague"
        SEVERAL = "several", "Several of us"

    class Precision(models.TextChoices):
        EXACT = "exact", "At an exact time"
        ABOUT = "about", "At about this time"
        BETWEEN = "between", "Between two times"

    class Crewing(models.TextChoices):
        SINGLE = "single", "On my own (single-crewed)"
        DOUBLE = "double", "With one other (double-crewed)"
        GROUP = "group", "In a larger group"
        STAFF_ALONE = "staff-alone", "Member of staff alone"
        NOT_APPLICABLE = "not-applicable", "Does not apply"

    class CrimeRecorded(models.TextChoices):
        YES = "yes", "Yes"
        PENDING = "pending", "Not yet"
        NO = "no", "Decided not to record"

    reference = models.CharField(max_length=12, unique=True)
    force = models.ForeignKey(Force, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # whose supervisors review it
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    quick_log = models.BooleanField(default=False)
    restricted = models.BooleanField(default=False)
    restricted_for = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    who = models.CharField(max_length=10, choices=Who, blank=True)
    reporter = models.ForeignKey(User, models.PROTECT, related_name="+")
    reporter_role = models.CharField(max_length=20, choices=ReporterRole)
    opened_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    answered = ArrayField(models.CharField(max_length=40), default=list, blank=True)  # pages that were saved

    # when
    occurred_from = models.DateTimeField(null=True, blank=True)
    occurred_to = models.DateTimeField(null=True, blank=True)
    precision = models.CharField(max_length=10, choices=Precision, blank=True)
    told_from = models.CharField(max_length=16, blank=True)  # the wall clock, as told: 2026-10-25 01:30
    told_to = models.CharField(max_length=16, blank=True)
    clock_mark = models.CharField(max_length=10, choices=[(m.value, m.name) for m in ClockMark], blank=True)
    policing_day = models.DateField(null=True, blank=True)
    police_told_at = models.DateTimeField(null=True, blank=True)
    end_of_duty_at = models.DateTimeField(null=True, blank=True)
    late_reason = SecretText()

    # where
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True, related_name="+")
    area = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    elsewhere = models.BooleanField(default=False)  # outside the force's districts, or not known
    place_type = models.ForeignKey(PlaceType, models.PROTECT, null=True, blank=True, related_name="+")
    place_detail = SecretText()

    # in the reporter's own words; never altered after submission
    narrative = SecretText()

    # the fuller sections
    activity = models.ForeignKey(Activity, models.PROTECT, null=True, blank=True, related_name="+")
    crewing = models.CharField(max_length=20, choices=Crewing, blank=True)
    assistance_called = models.BooleanField(null=True, blank=True)
    assistance_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    people_present = models.PositiveSmallIntegerField(null=True, blank=True)
    deescalation_tried = models.BooleanField(null=True, blank=True)
    weapons = models.ManyToManyField(WeaponType, blank=True, related_name="+")
    force_used = models.BooleanField(null=True, blank=True)

    # the crime
    officer_in_case = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    crime_recorded = models.CharField(max_length=10, choices=CrimeRecorded, blank=True)
    charged_at = models.DateTimeField(null=True, blank=True)  # the first charge that stands
    case_moved_at = models.DateTimeField(null=True, blank=True)  # an officer named, or something entered

    # what was done with it, when, by whom
    submit_key = models.UUIDField(default=uuid.uuid4, unique=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    merged_at = models.DateTimeField(null=True, blank=True)
    merged_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_from")

    objects = IncidentQuerySet.as_manager()

    class Meta:
        constraints = [
            *(
                models.CheckConstraint(
                    name=f"incident_{verb}_at_and_by_together",
                    condition=Q(**{f"{verb}_at": None, f"{verb}_by": None})
                    | Q(**{f"{verb}_at__isnull": False, f"{verb}_by__isnull": False}),
                )
                for verb in ("submitted", "returned", "accepted", "withdrawn", "merged")
            ),
            models.CheckConstraint(
                name="incident_status_is_known",
                condition=Q(status__in=["draft", "submitted", "returned", "accepted", "merged", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="incident_is_submitted_unless_draft",
                condition=Q(status="draft", submitted_at=None) | ~Q(status="draft") & Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="incident_accepted_says_when", condition=~Q(status="accepted") | Q(accepted_at__isnull=False)
            ),
            models.CheckConstraint(
                name="incident_accepted_by_somebody_else",
                condition=Q(accepted_by=None) | ~Q(accepted_by=F("reporter")),
            ),
            models.CheckConstraint(
                name="incident_merged_says_into_which",
                condition=(Q(status="merged") & Q(merged_into__isnull=False))
                | (~Q(status="merged") & Q(merged_into=None)),
            ),
            models.CheckConstraint(name="incident_not_merged_into_itself", condition=~Q(merged_into=F("id"))),
            models.CheckConstraint(
                name="incident_ends_after_it_starts",
                condition=Q(occurred_to=None) | Q(occurred_to__gte=F("occurred_from")),
            ),
            models.CheckConstraint(
                name="incident_submitted_has_a_time", condition=Q(status="draft") | Q(occurred_from__isnull=False)
            ),
            models.CheckConstraint(
                name="incident_policing_day_with_its_time",
                condition=Q(occurred_from=None, policing_day=None)
                | Q(occurred_from__isnull=False, policing_day__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="incident_queue", fields=["unit", "submitted_at", "id"], condition=Q(status="submitted")),
            models.Index(
                name="incident_returned", fields=["unit", "returned_at", "id"], condition=Q(status="returned")
            ),
            models.Index(
                name="incident_accepted", fields=["unit", "-accepted_at", "-id"], condition=Q(status="accepted")
            ),
            models.Index(name="incident_by_reporter", fields=["reporter", "-opened_at", "-id"]),
            models.Index(name="incident_by_unit_and_day", fields=["unit", "-occurred_from", "-id"]),
            models.Index(name="incident_draft_by_save", fields=["saved_at"], condition=Q(status="draft")),
            models.Index(name="incident_by_force_and_time", fields=["force", "occurred_from"]),
            models.Index(
                name="incident_by_officer",
                fields=["officer_in_case", "-case_moved_at", "-id"],
                condition=Q(officer_in_case__isnull=False),
            ),
            models.Index(
                name="incident_by_officer_and_day",
                fields=["officer_in_case", "-occurred_from", "-id"],
                condition=Q(officer_in_case__isnull=False),
            ),
            models.Index(
                name="incident_charged", fields=["unit", "-charged_at", "-id"], condition=Q(charged_at__isnull=False)
            ),
        ]

    def get_absolute_url(self):
        return reverse("reports:report", args=[self.reference])

    def standing_of(self, user) -> Standing:
        """Give what this person is to this incident, as the rules of permissions.py take it.

        One query for the incident's facts unless `visible_to(user)` loaded it, and one for its people; kept on the
        instance, so load it again after a change.
        """
        known = self.__dict__.setdefault("_standings", {})
        if user.pk in known:
            return known[user.pk]
        facts = self
        if self.__dict__.get("standing_for") != user.pk:
            facts = Incident.objects.with_standing(user).get(pk=self.pk)
        people = list(self.assaults.all())
        known[user.pk] = Standing(
            user_id=user.pk,
            status=self.status,
            restricted=self.restricted,
            reporter=self.reporter_id == user.pk,
            assaulted=frozenset(a.pk for a in people if a.person_id == user.pk),
            taken_over=frozenset(a.pk for a in people if a.taken_over_at is not None),
            brought_in=frozenset(a.pk for a in people if a.moved_from_id is not None),
            everyone=frozenset(a.pk for a in people),
            supervises=bool(facts.supervises),
            named_reader=facts.is_named_reader,
            conflicted=facts.is_conflicted,
            officer_in_case=self.officer_in_case_id == user.pk,
            quick_log=self.quick_log,
            witness_care=bool(facts.plays_witness_care),
            health_safety=bool(facts.plays_health_safety),
            charged=self.charged_at is not None,
        )
        return known[user.pk]


class AssaultQuerySet(models.QuerySet):
    def counted(self):
        """Assaults that figures count: those of counted incidents."""
        return self.filter(incident__status__in=Incident.COUNTED)

    def visible_to(self, user):
        """Assaults in incidents that this person may know of."""
        return self.filter(incident__in=Incident.objects.visible_to(user))

    def reviewed_by(self, user):
        """Assaults in reports that this person may review."""
        known = user.is_authenticated and user.is_active
        return self.filter(reviewed(user, "incident__")) if known else self.none()

    def advised_by(self, user):
        """Assaults of whose injuries this person is told as health and safety adviser."""
        played = _played_in(user, Role.HEALTH_SAFETY, "incident__")
        return self.none() if played is None else self.filter(played)

    def to_decide(self):
        """Assaults with an injury, an exposure or days unfit, of which the adviser has not said the last word: those
        never decided, watched, or to be reported, and those with a duty entered after the decision."""
        exposed = ConductType.objects.filter(exposure=True).values("pk")
        exposures = Assault.conducts.through.objects.filter(assault=OuterRef("pk"), conducttype__in=exposed)
        unfit = DutySpell.objects.filter(assault=OuterRef("pk"), struck_at=None).exclude(duty="full").order_by()
        closed = SafetyDecision.objects.filter(
            assault=OuterRef("pk"), superseded_at=None, state__in=SafetyDecision.CLOSED
        )
        since = DutySpell.objects.filter(
            assault=OuterRef("assault"), struck_at=None, entered_at__gt=OuterRef("decided_at")
        )
        closed = closed.filter(Q(state="reported") | ~Exists(since.exclude(duty="full")))
        hurt = Q(injury__in=["physical", "both", "not-yet-known"]) | Exists(exposures) | Exists(unfit)
        return self.filter(hurt).exclude(Exists(closed))


@pghistory.track(
    model_name="AssaultEvent",
    fields=[
        "id", "incident", "position", "person", "worker_type", "rank_or_grade", "unit", "line_manager", "kind",
        "injury", "contact", "duty_status", "consent", "taken_over_at", "taken_over_by",
    ]
)  # fmt: skip
class Assault(models.Model):
    """One person assaulted in one incident: the unit that is counted, under one kind, the gravest."""

    class Injury(models.TextChoices):
        NONE = "none", "No"
        PHYSICAL = "physical", "Yes, physically"
        PSYCHOLOGICAL = "psychological", "Yes, it has shaken me"
        BOTH = "both", "Yes, both"
        NOT_YET_KNOWN = "not-yet-known", "I do not know yet"

    class Contact(models.TextChoices):
        CONTACT = "contact", "It hit or touched"
        MISSED = "missed", "It missed"
        THREAT_ONLY = "threat-only", "It was a threat or words only"

    class DutyStatus(models.TextChoices):
        ON_DUTY = "on-duty", "On duty"
        OFF_DUTY_ACTING = "off-duty-acting", "Off duty, acting in the role"
        OFF_DUTY_TARGETED = "off-duty-targeted", "Off duty, targeted because of the role"
        TRAVELLING = "travelling", "Travelling to or from work"
        HOME = "home", "At home"

    class Consent(models.TextChoices):
        """Whether the person knows that somebody reports for them."""

        SELF = "self", "Reported by the person"
        AGREES = "agrees", "Yes, and they agree"
        UNAWARE = "unaware", "They do not know yet"
        OBJECTS = "objects", "They would rather it was not reported"

    class Bwv(models.TextChoices):
        RECORDING = "recording", "Recording"
        AFTER = "after", "Switched on afterwards"
        OFF = "off", "Not switched on"
        NOT_ISSUED = "not-issued", "Not issued"
        FAILED = "failed", "It failed"

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="assaults")
    position = models.PositiveSmallIntegerField()  # 1, 2, 3 … in the order they were named
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="assaults")
    outside_name = SecretText()  # somebody who is not in the force's directory
    outside_contact = SecretText()
    worker_type = models.CharField(max_length=30, choices=WorkerType)
    rank_or_grade = models.CharField(max_length=40, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    line_manager = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    consent = models.CharField(max_length=10, choices=Consent, blank=True)
    taken_over_at = models.DateTimeField(null=True, blank=True)
    taken_over_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    moved_from = models.ForeignKey(Incident, models.PROTECT, null=True, blank=True, related_name="+")  # by a merge

    conducts = models.ManyToManyField(ConductType, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind, blank=True)
    contact = models.CharField(max_length=12, choices=Contact, blank=True)
    injury = models.CharField(max_length=15, choices=Injury, blank=True)
    duty_status = models.CharField(max_length=20, choices=DutyStatus, blank=True)
    ppe_worn = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    bwv = models.CharField(max_length=12, choices=Bwv, blank=True)
    words_used = SecretText()
    hate_strands = SecretJSON()

    objects = AssaultQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="assault_position_once", fields=["incident", "position"]),
            models.UniqueConstraint(
                name="assault_person_once_in_an_incident",
                fields=["incident", "person"],
                condition=Q(person__isnull=False),
            ),
            models.CheckConstraint(
                name="assault_names_somebody", condition=Q(person__isnull=False) | Q(outside_name__isnull=False)
            ),
            models.CheckConstraint(
                name="assault_taken_over_at_and_by_together",
                condition=Q(taken_over_at=None, taken_over_by=None)
                | Q(taken_over_at__isnull=False, taken_over_by__isnull=False),
            ),
            models.CheckConstraint(
                name="assault_taken_over_by_the_person",
                condition=Q(taken_over_by=None) | Q(taken_over_by=F("person")),
            ),
            models.CheckConstraint(name="assault_kind_is_known", condition=Q(kind__in=["", *Kind.values])),
        ]
        indexes = [
            models.Index(name="assault_by_person", fields=["person", "incident"]),
            models.Index(name="assault_by_unit", fields=["unit", "incident"]),
        ]


class Health(models.Model):
    """What happened to somebody's body and mind: sealed, and a facet of its own. The band is `Assault.injury`."""

    assault = models.OneToOneField(Assault, models.CASCADE, related_name="health")
    exposure_fluids = SecretJSON()  # codes: saliva, blood, other, unknown
    exposure_routes = SecretJSON()  # codes: eye, mouth, broken-skin, intact-skin, clothing
    advice_shown_at = models.DateTimeField(null=True, blank=True)
    injury_types = SecretJSON()  # codes of InjuryType
    body_parts = SecretJSON()  # codes of BodyPart
    treatment = SecretText()  # code of Treatment
    impact = SecretText()  # code: not-at-all, a-bit, a-lot, rather-not-say
    notes = SecretText()


class SupportWish(models.Model):
    """What the person assaulted asked for in the report, and how they may be reached safely. No supervisor reads it."""

    class Support(models.TextChoices):
        YES = "yes", "Yes"
        LATER = "later", "Not now. Ask me later"
        NO = "no", "No"

    class Channel(models.TextChoices):
        CALL = "call", "Phone call"
        TEXT = "text", "Text message"
        EMAIL = "email", "Email"
        IN_PERSON = "in-person", "In person"

    assault = models.OneToOneField(Assault, models.CASCADE, related_name="wish")
    support = models.CharField(max_length=10, choices=Support)
    channel = models.CharField(max_length=10, choices=Channel, blank=True)
    contact = SecretText()
    safe_times = SecretText()
    may_leave_message = models.BooleanField(default=False)


class Suspect(models.Model):
    """Somebody who may have done it: role and codes, no name. The name stays in the crime system."""

    class Known(models.TextChoices):
        IDENTIFIED = "identified", "Identified"
        DESCRIBED = "described", "Described"
        UNKNOWN = "unknown", "Not known"

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="suspects")
    position = models.PositiveSmallIntegerField()
    known = models.CharField(max_length=12, choices=Known)
    nominal_reference = SecretText()  # the crime system's key
    colleague = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    age_band = models.CharField(max_length=10, blank=True)
    sex = models.CharField(max_length=10, blank=True)
    influence = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    mental_health = SecretText()
    demeanour = models.CharField(max_length=20, blank=True)
    relationship = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="suspect_position_once", fields=["incident", "position"])]


class SourceReference(models.Model):
    """The key of the same event in another system, so that nothing is typed twice."""

    class Kind(models.TextChoices):
        COMMAND_LOG = "command-log", "Command and control log"
        CRIME = "crime", "Crime number"
        CUSTODY = "custody", "Custody record"
        USE_OF_FORCE = "use-of-force", "Use of force form"
        HEALTH_SAFETY = "health-safety", "Health and safety record"

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="references")
    kind = models.CharField(max_length=20, choices=Kind)
    value = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="source_reference_once", fields=["incident", "kind", "value"]),
        ]


class Footage(models.Model):
    """Video that exists somewhere else, and the date on which it is deleted there."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="footage")
    source = models.CharField(max_length=20, choices=[("bwv", "Body-worn video"), ("cctv", "CCTV"), ("other", "Other")])
    reference = models.CharField(max_length=100)
    deleted_on = models.DateField(null=True, blank=True)
    kept_as_evidence = models.BooleanField(default=False)


class Evidence(models.Model):
    """A photo or file. Photos are rebuilt from their pixels; the original is kept with its hash; both are private."""

    class State(models.TextChoices):
        RECEIVED = "received", "Being checked"
        CLEAN = "clean", "Ready"
        REFUSED = "refused", "Refused"

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    incident = models.ForeignKey(Incident, models.CASCADE, related_name="evidence")
    assault = models.ForeignKey(Assault, models.CASCADE, null=True, blank=True, related_name="evidence")
    name = SecretText()  # the file's name as it came, never used as a path
    description = SecretText()
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    fault = models.CharField(max_length=40, blank=True)
    safe_type = models.CharField(max_length=40, blank=True)
    safe_size = models.PositiveIntegerField(null=True, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="evidence_file_once_a_report",
                fields=["incident", "sha256"],
                condition=Q(removed_at=None),
            ),
            models.CheckConstraint(
                name="evidence_removed_at_and_by_together",
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
            ),
        ]


class Witness(models.Model):
    """Somebody who saw it: a colleague from the directory, or a description. A statement may be asked, with a date."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="witnesses")
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    description = SecretText()
    statement_due_on = models.DateField(null=True, blank=True)
    statement_given = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="witness_names_somebody", condition=Q(person__isnull=False) | Q(description__isnull=False)
            ),
        ]


# What was said afterwards, and who may not see -----------------------------------------------------------------------


class Version(models.Model):
    """A report as it was submitted: the first words, never altered. Number 1, 2, 3 … for each submission."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    submit_key = models.UUIDField(unique=True)
    content_hash = models.CharField(max_length=64)
    content = SecretJSON()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="version_number_once", fields=["incident", "number"])]


class Note(models.Model):
    """Words added to a report: dated, signed, never altered. A correction also says which answer became which."""

    class Kind(models.TextChoices):
        ADDENDUM = "addendum", "Added"
        CORRECTION = "correction", "Corrected"
        RETURN = "return", "Returned"
        WITHDRAWAL = "withdrawal", "Withdrawn"
        MERGE = "merge", "Merged"
        OFFICER = "officer", "Officer in the case named"

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="notes")
    assault = models.ForeignKey(Assault, models.PROTECT, null=True, blank=True, related_name="notes")
    kind = models.CharField(max_length=12, choices=Kind)
    body = SecretText()
    field = models.CharField(max_length=40, blank=True)
    was = SecretText()
    becomes = SecretText()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="note_by_incident", fields=["incident", "at", "id"])]


class Conflict(models.Model):
    """Somebody who may not see this report through any role: conflict beats every grant (docs/access.md)."""

    class Why(models.TextChoices):
        NAMED = "named", "The person assaulted asked"
        SUSPECT = "suspect", "A suspect"
        GOVERNANCE = "governance", "Decided by information governance"

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="conflicts")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    why = models.CharField(max_length=12, choices=Why)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="conflict_once", fields=["incident", "user", "why"], condition=Q(ended_at=None)
            ),
        ]
        indexes = [models.Index(name="conflict_by_user", fields=["user", "incident"])]


class NamedReader(models.Model):
    """Somebody on the list of a restricted report. Proposed by one, approved by another; the first is named by rule."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="named_readers")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    by_rule = models.BooleanField(default=False)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="named_reader_once", fields=["incident", "user"], condition=Q(removed_at=None)
            ),
            models.CheckConstraint(
                name="named_reader_takes_two_people",
                condition=Q(by_rule=True, proposed_by=None, approved_by=None, approved_at__isnull=False)
                | Q(by_rule=False, proposed_by__isnull=False)
                & (
                    Q(approved_at=None, approved_by=None)
                    | Q(approved_at__isnull=False, approved_by__isnull=False) & ~Q(approved_by=F("proposed_by"))
                ),
            ),
            models.CheckConstraint(
                name="named_reader_removed_at_and_by_together",
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
            ),
        ]
        indexes = [models.Index(name="named_reader_by_user", fields=["user", "incident"])]


class TaskQuerySet(models.QuerySet):
    def open(self):
        return self.filter(done_at=None, ended_at=None)

    def overdue(self, *, at):
        """Tasks that should have been done by then."""
        return self.open().filter(due_at__lt=at)

    def reviewed_by(self, user):
        """Tasks of reports that this person may review."""
        known = user.is_authenticated and user.is_active
        return self.filter(reviewed(user, "incident__")) if known else self.none()

    def looked_after_by(self, user):
        """Duties of which an inspector or the single point of contact is told, by reference and without content.

        Those of their units; none of a restricted report, nor of one that they are in or have a conflict with.
        """
        if not user.is_authenticated:
            return self.none()
        units = user.reach.get(Role.INSPECTOR, frozenset()) | user.reach.get(Role.SPOC, frozenset())
        conflicts = Conflict.objects.filter(user=user, ended_at=None).values("incident")
        involved = Assault.objects.filter(person=user).values("incident")
        return (
            self.filter(unit__in=units, incident__force=user.force_id, incident__restricted=False)
            .exclude(incident__in=conflicts)
            .exclude(incident__in=involved)
            .exclude(incident__reporter=user)
        )


class Task(models.Model):
    """Something owed by a supervisor after a report: contact in the same shift, and told upward after 24 hours."""

    class Kind(models.TextChoices):
        FIRST_CONTACT = "first-contact", "Speak to the person assaulted"
        ESCALATION = "escalation", "First contact is late: an inspector looks into it"

    class How(models.TextChoices):
        IN_PERSON = "in-person", "In person"
        PHONE = "phone", "By phone"
        VIDEO = "video", "By video call"
        DECLINED = "declined", "They did not want to talk now"

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="tasks")
    assault = models.ForeignKey(Assault, models.CASCADE, related_name="tasks")
    kind = models.CharField(max_length=15, choices=Kind)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    how = models.CharField(max_length=12, blank=True, choices=How)
    ended_at = models.DateTimeField(null=True, blank=True)  # withdrawn or merged meanwhile

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="task_once_an_assault", fields=["assault", "kind"]),
            models.CheckConstraint(
                name="task_done_at_and_by_together",
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="task_open_by_unit",
                fields=["unit", "due_at"],
                condition=Q(done_at=None, ended_at=None),
            ),
        ]


# The case against a suspect ------------------------------------------------------------------------------------------


class CaseEventQuerySet(models.QuerySet):
    def standing(self):
        """Events that were not struck out."""
        return self.filter(struck_at=None)

    def hearings_ahead(self, *, at):
        """Hearings still to come, that were neither moved, cancelled nor struck out."""
        replaced = CaseEvent.objects.standing().filter(replaces=OuterRef("pk"))
        return self.standing().filter(kind="hearing-listed", hearing_at__gte=at).exclude(Exists(replaced))


@pghistory.track(
    model_name="CaseEventChange",
    fields=[
        "id", "incident", "assault", "suspect", "kind", "happened_at", "received_at", "hearing_at", "replaces",
        "entered_at", "entered_by", "source", "struck_at", "struck_by",
    ]
)  # fmt: skip
class CaseEvent(models.Model):
    """Something that happened in the case: an arrest, a charge, a hearing (reports/case_kinds.py).

    Never edited nor deleted: what was entered wrongly is struck out with a reason, and entered again. It concerns one
    person's crime if `assault` says so, else everybody's. `received_at`: when police or witness care heard of it from a
    court or the prosecution.
    """

    class Source(models.TextChoices):
        PAGE = "page", "Entered on a page"
        API = "api", "From another system"
        IMPORT = "import", "Imported"
        DEMO = "demo", "Demonstration"

    key = models.UUIDField(default=uuid.uuid4, unique=True)  # of the form that entered it: the same form enters it once
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="case_events")
    assault = models.ForeignKey(Assault, models.PROTECT, null=True, blank=True, related_name="case_events")
    suspect = models.ForeignKey(Suspect, models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=30)  # a code of case_kinds.KINDS
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True, blank=True)
    hearing_at = models.DateTimeField(null=True, blank=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    facts = SecretJSON()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    source = models.CharField(max_length=10, choices=Source, default=Source.PAGE)
    source_reference = models.CharField(max_length=60, blank=True)
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    struck_reason = SecretText()

    objects = CaseEventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="case_event_kind_is_known", condition=Q(kind__in=list(case_kinds.KINDS))),
            models.CheckConstraint(
                name="case_event_source_is_known", condition=Q(source__in=["page", "api", "import", "demo"])
            ),
            models.CheckConstraint(
                name="case_event_struck_at_and_by_together",
                condition=Q(struck_at=None, struck_by=None, struck_reason=None)
                | Q(struck_at__isnull=False, struck_by__isnull=False, struck_reason__isnull=False),
            ),
            models.CheckConstraint(
                name="case_event_from_court_says_when_heard",
                condition=Q(kind__in=case_kinds.HEARD, received_at__isnull=False)
                | ~Q(kind__in=case_kinds.HEARD) & Q(received_at=None),
            ),
            models.CheckConstraint(
                name="case_event_heard_after_it_happened",
                condition=Q(received_at=None) | Q(received_at__gte=F("happened_at")),
            ),
            models.CheckConstraint(
                name="case_event_entered_after_it_happened",
                condition=Q(happened_at__lte=F("entered_at"))
                & (Q(received_at=None) | Q(received_at__lte=F("entered_at"))),
            ),
            models.CheckConstraint(
                name="case_event_hearing_says_when",
                condition=Q(kind="hearing-listed", hearing_at__isnull=False)
                | ~Q(kind="hearing-listed") & Q(hearing_at=None),
            ),
            models.CheckConstraint(
                name="case_event_only_hearings_replace",
                condition=Q(kind="hearing-cancelled", replaces__isnull=False)
                | Q(kind="hearing-listed")
                | ~Q(kind__in=case_kinds.HEARINGS) & Q(replaces=None),
            ),
            models.CheckConstraint(
                name="case_event_about_one_person",
                condition=~Q(kind__in=case_kinds.ONE_PERSON) | Q(assault__isnull=False),
            ),
            models.UniqueConstraint(
                name="case_event_hearing_replaced_once", fields=["replaces"], condition=Q(struck_at=None)
            ),
        ]
        indexes = [
            models.Index(name="case_event_by_incident", fields=["incident", "happened_at", "id"]),
            models.Index(
                name="case_event_by_hearing",
                fields=["hearing_at", "id"],
                condition=Q(struck_at=None, hearing_at__isnull=False),
            ),
        ]

    @property
    def triggers(self) -> list[tuple[str, object]]:
        """The triggers that this event stands for, each with its moment; none once it is struck out."""
        if self.struck_at:
            return []
        moments = {"happened_at": self.happened_at, "received_at": self.received_at}
        return case_kinds.triggers_of(self.kind, self.facts or {}, **moments)

    def people(self):
        """Give the assaults that it concerns: one, or all of the incident's."""
        return Assault.objects.filter(pk=self.assault_id) if self.assault_id else self.incident.assaults.all()


# Fitness for duty, and whether the injury is reportable --------------------------------------------------------------


class DutySpellQuerySet(models.QuerySet):
    def standing(self):
        """Spells that were not struck out, in the order of their days."""
        return self.filter(struck_at=None).order_by("from_on", "id")


@pghistory.track(
    model_name="DutySpellChange",
    fields=["id", "assault", "from_on", "duty", "entered_at", "entered_by", "struck_at", "struck_by"],
)
class DutySpell(models.Model):
    """What duty somebody who was assaulted does from a day on: until the day before their next spell, so that no two
    overlap. What was entered wrongly is struck out."""

    class Duty(models.TextChoices):
        FULL = "full", "Full duties"
        RECUPERATIVE = "recuperative", "Recuperative duties"
        RESTRICTED = "restricted", "Restricted or adjusted duties"
        SICK = "sick", "Off sick"
        HOSPITAL = "hospital", "In hospital"

    assault = models.ForeignKey(Assault, models.PROTECT, related_name="duty_spells")
    from_on = models.DateField()
    duty = models.CharField(max_length=12, choices=Duty)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = DutySpellQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="duty_spell_duty_is_known",
                condition=Q(duty__in=["full", "recuperative", "restricted", "sick", "hospital"]),
            ),
            models.UniqueConstraint(
                name="duty_spell_once_from_a_day", fields=["assault", "from_on"], condition=Q(struck_at=None)
            ),
            models.CheckConstraint(
                name="duty_spell_struck_at_and_by_together",
                condition=Q(struck_at=None, struck_by=None) | Q(struck_at__isnull=False, struck_by__isnull=False),
            ),
        ]


@pghistory.track(
    model_name="SafetyDecisionChange",
    fields=["id", "assault", "state", "decided_on", "decided_at", "decided_by", "superseded_at"],
)
class SafetyDecision(models.Model):
    """What the health and safety adviser decided about one injury. The newest stands; the earlier ones are kept."""

    class State(models.TextChoices):
        NOT_REPORTABLE = "not-reportable", "Not reportable"
        WATCH = "watch", "Watch"
        SPECIFIED = "specified", "Reportable: a specified injury"
        OVER_SEVEN = "over-seven", "Reportable: over 7 days"
        REPORTED = "reported", "Reported"

    CLOSED = (State.NOT_REPORTABLE, State.REPORTED)

    key = models.UUIDField(default=uuid.uuid4, unique=True)  # of the form that decided it
    assault = models.ForeignKey(Assault, models.PROTECT, related_name="safety_decisions")
    state = models.CharField(max_length=15, choices=State)
    reason = SecretText()
    reference = models.CharField(max_length=60, blank=True)  # of the report made to the regulator
    decided_on = models.DateField()  # or reported on
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="safety_decision_one_stands", fields=["assault"], condition=Q(superseded_at=None)
            ),
            models.CheckConstraint(
                name="safety_decision_state_is_known",
                condition=Q(state__in=["not-reportable", "watch", "specified", "over-seven", "reported"]),
            ),
            models.CheckConstraint(
                name="safety_decision_reported_says_where", condition=~Q(state="reported") | ~Q(reference="")
            ),
            models.CheckConstraint(
                name="safety_decision_says_why", condition=Q(state__in=["reported", "watch"]) | Q(reason__isnull=False)
            ),
        ]
