"""Reference rows of the welfare side: what is owed, by whom, within what limit; and where to turn to."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from campion.models import DatedQuerySet, Force, Reference
from victims.deadlines import Unit


class EntitlementQuerySet(DatedQuerySet):
    def owed(self, trigger, *, force, on):
        """What a trigger starts in a force on a London date: its own edition of a family, else the default."""
        rows = list(self.in_force(on).filter(Q(force=None) | Q(force=force), trigger=trigger).order_by("order", "pk"))
        own = {row.family for row in rows if row.force_id}
        return [row for row in rows if row.force_id or row.family not in own]


class Entitlement(Reference):
    """Something owed to a person assaulted, in one edition: a right of the Victims' Code, a step of the force's assault
    plan, a check-in, a step after an exposure.

    A limit is an amount of a unit (deadlines.Unit); `limit_words` says what the law or the plan says where that is not
    a number. A force may have an edition of its own. Nothing of it is in code.
    """

    class Family(models.TextChoices):
        CODE = "code", "Victims’ Code"
        PLAN = "plan", "Assault plan"
        CHECK_IN = "check-in", "Check-ins"
        EXPOSURE = "exposure", "After an exposure"

    class OwedBy(models.TextChoices):
        OFFICER = "officer_in_case", "The officer in the case"
        WELFARE = "welfare", "The welfare desk"
        WITNESS_CARE = "witness_care", "Witness care"
        SUPERVISOR = "supervisor", "Your supervisor"
        OCCUPATIONAL_HEALTH = "occupational_health", "Occupational health"
        GOVERNANCE = "governance", "Information governance"
        COURT = "court", "The court"
        CPS = "cps", "The Crown Prosecution Service"
        PERSON = "person", "You"

    ELSEWHERE = (OwedBy.COURT, OwedBy.CPS, OwedBy.PERSON)
    """Whoever owes these is outside the force: their lateness is another fact, and closes no door here."""

    NATURAL = ("edition", "code")
    edition = models.SlugField(max_length=40)
    code = models.SlugField(max_length=60)
    family = models.CharField(max_length=10, choices=Family)
    force = models.ForeignKey(Force, models.PROTECT, null=True, blank=True, related_name="+")
    right_number = models.PositiveSmallIntegerField(null=True, blank=True)
    title = models.CharField(max_length=200)
    trigger = models.SlugField(max_length=60)
    limit_unit = models.CharField(max_length=12, choices=[(unit.value, unit.value) for unit in Unit])
    limit = models.SmallIntegerField()
    limit_enhanced = models.SmallIntegerField(null=True, blank=True)
    limit_words = models.CharField(max_length=200, blank=True)
    owed_by = models.CharField(max_length=40, choices=OwedBy)
    needs_yes = models.BooleanField(default=False)  # owed while support is not declined
    evidence_form = models.SlugField(max_length=40)
    evidence = models.CharField(max_length=300, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    objects = EntitlementQuerySet.as_manager()

    class Meta(Reference.Meta):
        constraints = [
            *Reference.Meta.constraints,
            models.UniqueConstraint(name="entitlement_once_in_an_edition", fields=["edition", "code"]),
        ]
        indexes = [models.Index(name="entitlement_by_trigger", fields=["trigger", "from_on"])]


class NoticeStep(Reference):
    """One step of the notices about what is owed: so many working days from the limit, whom to tell.

    `owed_by` says of whose duties. A force may have an edition of its own, which then stands for all of the default.
    """

    class Kind(models.TextChoices):
        REMINDER = "reminder", "Before the limit"
        LATE = "late", "The limit has passed"
        LEAD = "lead", "Passed on to whoever leads the desk"
        INSPECTOR = "inspector", "Passed on to the inspector"
        SPOC = "spoc", "Passed on to the single point of contact"

    class To(models.TextChoices):
        OWNER = "owner", "Whoever owes it, and their deputy of that day"
        LEAD = "lead", "Whoever looks after the others who play that role"
        INSPECTOR = "inspector", "The nearest inspector"
        SPOC = "spoc", "The nearest single point of contact"

    NATURAL = ("edition", "code")
    edition = models.SlugField(max_length=40)
    code = models.SlugField(max_length=40)
    force = models.ForeignKey(Force, models.PROTECT, null=True, blank=True, related_name="+")
    owed_by = ArrayField(models.CharField(max_length=40, choices=Entitlement.OwedBy))
    kind = models.CharField(max_length=10, choices=Kind)
    to = models.CharField(max_length=10, choices=To)
    working_days = models.SmallIntegerField()  # from the limit: below nought before it

    class Meta(Reference.Meta):
        constraints = [
            *Reference.Meta.constraints,
            models.UniqueConstraint(name="notice_step_once_in_an_edition", fields=["edition", "code"]),
            models.CheckConstraint(
                name="notice_step_reminds_before_and_tells_after",
                condition=Q(kind="reminder", working_days__lt=0) | ~Q(kind="reminder") & Q(working_days__gte=0),
            ),
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
