"""The kernel's rows: forces, units, people and their roles, holidays, the audit log, messages, and what was typed."""

import functools

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q
from django.db.models.functions import Lower, Now
from django.utils import timezone

from campion.roles import OUTSIDERS, Role
from campion.sealed import SecretJSON, SecretText


class DatedQuerySet(models.QuerySet):
    def in_force(self, on):
        """Rows that apply on a London date."""
        return self.filter(Q(until_on=None) | Q(until_on__gte=on), from_on__lte=on)


class Dated(models.Model):
    """A row that applies from a date until a date (both included, open when empty). Retired, never deleted."""

    from_on = models.DateField(db_default="1900-01-01")
    until_on = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_ends_after_it_starts",
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")),
            )
        ]


class Reference(Dated):
    """A dated row of reference data with its source. `checked` says whether the source was read in full."""

    source = models.TextField(blank=True)
    checked = models.BooleanField(default=True)

    class Meta(Dated.Meta):
        abstract = True


class Force(Reference):
    """A police force, by its ONS code where it has one."""

    NATURAL = ("code",)
    code = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    ons_code = models.CharField(max_length=9, blank=True)
    country = models.CharField(max_length=40)
    is_demo = models.BooleanField(default=False)

    class Meta(Reference.Meta):
        pass

    def __str__(self):
        return self.name


class Unit(Reference):
    """A part of a force: the force itself, a policing area, or a team. A tree of dated rows.

    `path` is "/1/5/9/", the keys from the root to this row, kept by a database trigger.
    """

    class Kind(models.TextChoices):
        FORCE = "force", "Force"
        AREA = "area", "Policing area"
        TEAM = "team", "Team"

    NATURAL = ("force", "code")
    force = models.ForeignKey(Force, models.PROTECT, related_name="units")
    code = models.SlugField(max_length=80)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=200)
    path = models.CharField(max_length=400, blank=True, editable=False, db_default="")

    class Meta(Reference.Meta):
        constraints = [
            *Reference.Meta.constraints,
            models.UniqueConstraint(name="unit_code_once_in_a_force", fields=["force", "code"]),
        ]
        indexes = [models.Index(name="unit_by_path", fields=["path"], opclasses=["varchar_pattern_ops"])]

    def __str__(self):
        return self.name


class WorkerType(models.TextChoices):
    """Who somebody works as; decides the counting class, the services open to them and the RIDDOR route."""

    POLICE_OFFICER = "police-officer", "Police officer"
    STUDENT_OFFICER = "student-officer", "Student officer"
    SPECIAL_CONSTABLE = "special-constable", "Special constable"
    PCSO = "pcso", "Police community support officer"
    DETENTION_OFFICER = "detention-officer", "Detention officer"
    DESIGNATED = "designated", "Other designated officer"
    POLICE_STAFF = "police-staff", "Police staff"
    CONTROL_ROOM = "control-room", "Control room or contact staff"
    VOLUNTEER = "volunteer", "Volunteer"
    CONTRACTOR = "contractor", "Contractor"
    AGENCY = "agency", "Agency worker"
    OTHER_EMERGENCY_WORKER = "other-emergency-worker", "Other emergency worker"


class UserQuerySet(models.QuerySet):
    def found_by(self, words: str, *, by):
        """People of one's own force, by exact staff number or by three letters or more of a surname.

        Protected posts never appear. Ordered by name, then staff number.
        """
        words = words.strip()
        people = self.filter(force=by.force, is_active=True, protected_post=False)
        match = Q(staff_number__iexact=words)
        if len(words) >= 3:
            match |= Q(family_name__istartswith=words)
        return people.filter(match).order_by("family_name", "given_name", "staff_number")


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def get_by_natural_key(self, email):
        return self.get(email=self.model.plain_email(email))


class User(AbstractBaseUser, PermissionsMixin):
    """Everyone in a force's directory, with or without a sign-in; so are the PCC's office and other systems."""

    force = models.ForeignKey(Force, models.PROTECT, related_name="people")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="people")
    email = models.EmailField(unique=True, null=True, blank=True)
    staff_number = models.CharField(max_length=20)
    given_name = models.CharField(max_length=80, blank=True)
    family_name = models.CharField(max_length=80)
    worker_type = models.CharField(max_length=30, choices=WorkerType)
    rank_or_grade = models.CharField(max_length=40, blank=True)
    line_manager = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="team")
    started_on = models.DateField(null=True, blank=True)
    protected_post = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []
    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="user_nobody_is_superuser", condition=Q(is_superuser=False)),
            models.CheckConstraint(name="user_email_is_lower_case", condition=Q(email=Lower("email"))),
            models.UniqueConstraint(name="user_staff_number_once_in_a_force", fields=["force", "staff_number"]),
        ]
        indexes = [models.Index("force", Lower("family_name"), name="user_by_surname")]

    @staticmethod
    def plain_email(email):
        return (email or "").strip().lower() or None

    @property
    def name(self):
        """The person's name as shown: "Sam Example"."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def is_staff(self):
        """Whether Django's own admin lets this person in: nobody yet has a part to play there."""
        return False

    @functools.cached_property
    def _plays(self) -> list[tuple[str, bool, list[int]]]:
        """Each membership of today: the role, whether they lead there, the unit and all units below it.

        One query, kept for as long as this instance lives: one request (never over requests: P4).
        """
        below = Unit.objects.filter(path__startswith=OuterRef("unit__path")).values("pk")
        rows = self.memberships.in_force(timezone.localdate()).annotate(units=ArraySubquery(below))
        return list(rows.values_list("role", "leads", "units"))

    @functools.cached_property
    def reach(self) -> dict[str, frozenset[int]]:
        """The units in which this person plays each role today: the unit of each membership and all below it."""
        reach: dict[str, set[int]] = {}
        for role, _, units in self._plays:
            reach.setdefault(role, set()).update(units)
        return {role: frozenset(units) for role, units in reach.items()}

    def leads(self, role: str) -> frozenset[int]:
        """The units in which this person looks after the others who play a role there today."""
        led = (units for played, leads, units in self._plays if leads and played == role)
        return frozenset().union(*led) if self.is_active else frozenset()

    @functools.cached_property
    def stands_in_for(self) -> frozenset[int]:
        """The people whose deputy this person is today: one query, kept as `reach` is."""
        rows = self.deputises.in_force(timezone.localdate()).values_list("user_id", flat=True)
        return frozenset(rows) if self.is_active else frozenset()

    @property
    def roles(self) -> frozenset[str]:
        """The roles that this person plays today, anywhere."""
        return frozenset(self.reach) if self.is_active else frozenset()

    def plays(self, *roles: str) -> bool:
        """Whether this person plays one of these roles today."""
        return not self.roles.isdisjoint(roles)

    @property
    def may_report(self) -> bool:
        """Whether this person is of the workforce, and so may report: no role is needed, and some are outside it."""
        return self.is_active and (not self.roles or bool(self.roles - OUTSIDERS))

    def clean(self):
        self.email = self.plain_email(self.email)

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.given_name or self.family_name


class Membership(Dated):
    """Who plays which role, in which unit (and all below it), from when, until when."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships")
    leads = models.BooleanField(default=False)  # looks after the others who play it there

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(name="membership_once_from_a_day", fields=["user", "role", "unit", "from_on"]),
        ]
        indexes = [models.Index(name="membership_by_unit_and_role", fields=["unit", "role"])]


class Deputy(Dated):
    """Who stands in for somebody, from when, until when: what is owed by them may be done by either meanwhile.

    It opens what they owe, and nothing else that they may read.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="deputies")
    deputy = models.ForeignKey(User, models.CASCADE, related_name="deputises")

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(name="deputy_once_from_a_day", fields=["user", "deputy", "from_on"]),
            models.CheckConstraint(name="deputy_is_somebody_else", condition=~Q(user=F("deputy"))),
        ]
        verbose_name_plural = "deputies"


class BankHoliday(models.Model):
    """The only calendar that the product reads. Day off in one nation."""

    NATURAL = ("nation", "on")
    nation = models.CharField(
        max_length=20, choices=[(n, n) for n in ("england-and-wales", "scotland", "northern-ireland")]
    )
    on = models.DateField()
    name = models.CharField(max_length=100)
    source = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="bank_holiday_once_in_a_nation", fields=["nation", "on"])]


class AuditEvent(models.Model):
    """One line of the log: who did or saw what, when. No words about people. Append-only by trigger.

    Written by `campion.audit.record` alone; `id`, `at` and `xid` come from the database.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    xid = models.BigIntegerField(db_default=0)
    actor_id = models.BigIntegerField(null=True)
    actor_roles = ArrayField(models.CharField(max_length=20), default=list)
    action = models.CharField(max_length=40)
    outcome = models.CharField(max_length=10, choices=[(o, o) for o in ("done", "seen", "refused")])
    object_type = models.CharField(max_length=30, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    facets = ArrayField(models.CharField(max_length=20), default=list)
    subject_ids = ArrayField(models.BigIntegerField(), default=list)
    reason_code = models.CharField(max_length=40, blank=True)
    request_id = models.CharField(max_length=36, blank=True)
    session = models.CharField(max_length=16, blank=True)
    address = models.CharField(max_length=45, blank=True)

    class Meta:
        indexes = [
            models.Index(name="audit_by_object", fields=["object_type", "object_id", "id"]),
            models.Index(name="audit_by_actor", fields=["actor_id", "id"]),
            models.Index(name="audit_by_transaction", fields=["xid", "id"]),
        ]


class Seal(models.Model):
    """A seal over a range of the log; each holds the root of the one before, so a change anywhere shows (rule A4)."""

    seq = models.BigIntegerField(primary_key=True)
    epoch = models.IntegerField(default=1)
    from_xid = models.BigIntegerField()
    to_xid = models.BigIntegerField()
    count = models.IntegerField()
    previous_root = models.BinaryField()
    root = models.BinaryField()
    at = models.DateTimeField(db_default=Now())


class Message(models.Model):
    """Something to tell a person, written in the same transaction as its cause. Holds no words about anybody.

    `once` makes it idempotent: one message for one cause and person.
    """

    kind = models.CharField(max_length=40)
    to = models.ForeignKey(User, models.CASCADE, related_name="+")
    once = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField()


class MessageWords(models.Model):
    """The words of every message, as somebody wrote them on a day; the latest row counts. They name nobody and no case.

    `{address}` stands for where to sign in. Append-only: what was sent before was sent in the words of its day.
    """

    subject = models.CharField(max_length=80)
    text = models.TextField(max_length=1000)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="message_words_say_where_to_sign_in", condition=Q(text__contains="{address}")),
        ]
        verbose_name_plural = "message words"


class Delivery(models.Model):
    """One attempt-line of a message over one channel; taken by a lease, tried again by plan (R5).

    Where the channel tells afterwards: `reference` is ours and drawn before the first hand-over, `receipt` is theirs,
    and `ask_at` is when to ask next what became of it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed: needs a person"
        BOUNCED = "bounced", "Bounced: sent, and came back"

    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10, default="email")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=40, blank=True)
    reference = models.UUIDField(null=True, blank=True)
    receipt = models.CharField(max_length=36, blank=True, db_default="")
    ask_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="delivery_once_a_channel", fields=["message", "channel"]),
            models.UniqueConstraint(name="delivery_reference_once", fields=["reference"]),
            models.CheckConstraint(
                name="delivery_sent_says_when",
                condition=Q(state__in=["sent", "bounced"], sent_at__isnull=False)
                | (~Q(state__in=["sent", "bounced"]) & Q(sent_at=None)),
            ),
            models.CheckConstraint(
                name="delivery_asks_after_what_was_taken",
                condition=Q(ask_at=None) | (Q(state="sent") & ~Q(receipt="")),
            ),
        ]
        indexes = [
            models.Index(name="delivery_due", fields=["next_try_at"], condition=Q(state="waiting")),
            models.Index(name="delivery_ask", fields=["ask_at"], condition=Q(ask_at__isnull=False)),
        ]


class KeptForm(models.Model):
    """What somebody typed on a page and did not save: by autosave, or because the session ended. Theirs, and sealed."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    path = models.CharField(max_length=300)
    values = SecretJSON()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="kept_form_once_a_page", fields=["user", "path"])]


class Scratch(models.Model):
    """One row that `/ready` writes to, to know that the database takes writes, and opens, to know that the keys fit."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField()
    sealed = SecretText()
