"""Releases as they are drawn, signed and published. What is published has a schema of its own, and never changes.

Two sides. The service's own: `Draw`, from the asking to the publication, with its true counts (`DrawnBlock`); facts
that others published (`OutsideFact`); headcounts (`Workforce`). The reader's: `Release`, its cells, charts and
corrections, and the days announced for releases to come. Those five stand in the schema `published`, and the role
`campion_published` reads them and nothing else, each release from the moment at which it is out (migration 0002).
"""

import uuid
from contextlib import contextmanager

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.db.models import F, Func, OuterRef, Q, Subquery, Value
from django.db.models.expressions import RawSQL
from django.urls import reverse

from campion.models import Force, Reference, User
from campion.roles import Role
from figures.periods import period

IN_PERIOD_FORM = r"^20\d\d-\d\d(-Q[1-4])?$"


@contextmanager
def as_published():
    """Read as `campion_published`, which may select what is out and nothing else, for the length of one transaction.

    Who reads, and what they play, is found out before; the audit line is written after.

    :raises django.db.ProgrammingError: inside, for anything outside the schema `published`
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE campion_published")
        yield
        cursor.execute("RESET ROLE")  # an error undoes it with the transaction


class Kind(models.TextChoices):
    """Why there is this edition of a period."""

    FIRST = "first", "First release"
    REVISION = "revision", "Annual revision"
    REPLACEMENT = "replacement", "Replacement"


# The reader's side: schema `published` -------------------------------------------------------------------------------


class ReleaseQuerySet(models.QuerySet):
    def out(self, *, at):
        """Releases that anybody may read at that moment: published, and any embargo over.

        Withdrawn ones are among them, and say so.
        """
        return self.for_readers().filter(publish_at__lte=at)

    def for_readers(self):
        """Releases that come out at the end of their embargo: not those that were withdrawn before it."""
        return self.exclude(withdrawn_at__lt=F("publish_at"))

    def standing(self):
        """Releases that were not withdrawn."""
        return self.filter(withdrawn_at=None)

    def newest(self):
        """The last edition of each period of each force, among the rows asked for."""
        later = self.model.objects.filter(
            pk__in=self.values("pk"), force_code=OuterRef("force_code"), period=OuterRef("period")
        )
        return self.filter(edition=Subquery(later.order_by("-edition").values("edition")[:1]))

    def of_level(self, level):
        """Releases of quarters, or of years."""
        return self.filter(period__contains="-Q") if level == "quarter" else self.exclude(period__contains="-Q")


class Release(models.Model):
    """One period of one force as it was published: frozen, controlled, signed by two people.

    It names no person of the service and refers to nothing outside its schema, so that whoever reads it needs nothing
    else. `content` is the canonical JSON, of which `content_hash` is the SHA-256 in hexadecimal.
    """

    Kind = Kind

    force_code = models.SlugField()
    force_name = models.CharField(max_length=200)
    period = models.CharField(max_length=12)  # 2025-26-Q1 or 2025-26 (periods.py)
    edition = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")
    reason = models.CharField(max_length=500, blank=True)  # for the reader: why there is another edition
    drawn_at = models.DateTimeField()
    approved_at = models.DateTimeField()
    published_at = models.DateTimeField()
    publish_at = models.DateTimeField()  # the moment from which it may be read: the end of its embargo
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_for = models.CharField(max_length=500, blank=True)  # for the reader
    verdict = ArrayField(models.TextField())  # what disclosure control did, a sentence each
    hidden_share = models.JSONField()  # {cube: share of its cells that show no number}
    held = models.JSONField(default=dict)  # {cube: why it shows nothing this time}
    dimensions = models.JSONField()  # {name: {label, note, codes: [{code, label, parent}]}} as used
    cubes = models.JSONField()  # {code: {title, dimensions, counts, definition, scope, audience, …}} as used
    headcounts = models.JSONField(default=list)  # [{type, label, on, headcount, fte, source}] that rates were made with
    happened = models.JSONField(default=list)  # what happened beside it, with before and after (happenings.py)
    content = models.TextField()
    content_hash = models.CharField(max_length=64)
    made_in = models.BigIntegerField(editable=False, db_default=RawSQL("pg_current_xact_id()::text::bigint", []))

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="release_edition_once", fields=["force_code", "period", "edition"]),
            models.CheckConstraint(name="release_period_is_one", condition=Q(period__regex=IN_PERIOD_FORM)),
            models.CheckConstraint(
                name="release_kind_fits_its_edition",
                condition=Q(kind="first", edition=1, corrects=None)
                | Q(kind__in=["revision", "replacement"], edition__gt=1, corrects__isnull=False) & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="release_hash_fits",
                condition=Q(
                    content_hash=Func(
                        Func(
                            Func(F("content"), Value("UTF8"), function="convert_to"),
                            function="sha256",
                            output_field=models.BinaryField(),
                        ),
                        Value("hex"),
                        function="encode",
                        output_field=models.CharField(),
                    )
                ),
            ),
            models.CheckConstraint(
                name="release_not_out_before_it_is_published", condition=Q(publish_at__gte=F("published_at"))
            ),
            models.CheckConstraint(
                name="release_withdrawn_says_why",
                condition=Q(withdrawn_at=None, withdrawn_for="") | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_for=""),
            ),
        ]
        indexes = [models.Index(name="release_by_time", fields=["force_code", "-publish_at"])]

    @property
    def span(self):
        """The period itself (periods.Period)."""
        return period(self.period)


class Cell(models.Model):
    """One number of one release, or the symbol in its place; counts, and what was computed from the counts shown.

    :ivar codes: in the order of the cube's dimensions; "all" for a margin
    :ivar place: the order in which cells of a cube are shown: by the code lists, never by size
    """

    class Measure(models.TextChoices):
        NUMBER = "number", "Number"
        PERCENT = "percent", "Percentage"
        RATE = "rate", "Rate per 1,000"
        CHANGE = "change", "Change on the same period a year before"

    class Says(models.TextChoices):
        """What a change says."""

        NO_CLEAR_CHANGE = "no-clear-change", "No clear change"
        CHANCE = "chance", "Could be chance"
        UP = "up", "More than a year before"
        DOWN = "down", "Fewer than a year before"

    release = models.ForeignKey(Release, models.PROTECT, related_name="cells")
    cube = models.CharField(max_length=10)
    measure = models.CharField(max_length=10, choices=Measure)
    place = models.PositiveSmallIntegerField()
    codes = ArrayField(models.CharField(max_length=80))
    value = models.DecimalField(max_digits=12, decimal_places=1, null=True, blank=True)
    symbol = models.CharField(max_length=3, blank=True)
    low = models.DecimalField(max_digits=12, decimal_places=1, null=True, blank=True)  # 95% Poisson interval
    high = models.DecimalField(max_digits=12, decimal_places=1, null=True, blank=True)
    says = models.CharField(max_length=16, choices=Says, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="cell_once", fields=["release", "cube", "measure", "codes"]),
            models.CheckConstraint(
                name="cell_has_a_number_or_a_symbol",
                condition=Q(value__isnull=False, symbol="") | Q(value=None, symbol__in=["[c]", "[z]", "[x]"]),
            ),
            models.CheckConstraint(
                name="cell_interval_only_about_a_number",
                condition=Q(low=None, high=None)
                | Q(low__isnull=False, high__isnull=False, value__isnull=False)
                & Q(low__lte=F("value"), high__gte=F("value")),
            ),
            models.CheckConstraint(
                name="cell_measure_is_known", condition=Q(measure__in=["number", "percent", "rate", "change"])
            ),
            models.CheckConstraint(
                name="cell_says_something_of_a_change",
                condition=Q(measure="change", value__isnull=False) & ~Q(says="")
                | (~Q(measure="change") | Q(value=None)) & Q(says=""),
            ),
        ]

    @property
    def shown(self):
        """The number, whole where it is whole, or the symbol."""
        if self.value is None:
            return self.symbol
        return int(self.value) if self.value == int(self.value) else float(self.value)


class Chart(models.Model):
    """A chart of a release as it was drawn once, with a hash of its bytes (SHA-256, hexadecimal)."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="charts")
    name = models.SlugField(max_length=60)
    svg = models.TextField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(name="chart_once", fields=["release", "name"])]


class Correction(models.Model):
    """What was wrong in a release, for its readers: which figures, and where the right ones are. Never altered."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="corrections")
    at = models.DateTimeField()
    text = models.CharField(max_length=1000)
    touched = models.JSONField()  # [[cube, [codes]]]: which figures; none of them named means all of a cube
    replaced_by = models.ForeignKey(Release, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="correction_says_what_and_where", condition=~Q(text="") & ~Q(touched=[])),
        ]


class Announcement(models.Model):
    """The day on which a period will be released, as it was announced; the last row of a period counts."""

    force_code = models.SlugField()
    period = models.CharField(max_length=12)
    due_on = models.DateField()
    at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)  # for the reader, when the day is moved

    class Meta:
        constraints = [
            models.CheckConstraint(name="announcement_period_is_one", condition=Q(period__regex=IN_PERIOD_FORM)),
        ]
        indexes = [models.Index(name="announcement_by_period", fields=["force_code", "period", "-id"])]


# The service's own side ----------------------------------------------------------------------------------------------


class DrawQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Draws that this person may know of: those of their force, for information governance."""
        known = user.is_authenticated and user.is_active and user.plays(Role.GOVERNANCE)
        return self.filter(force=user.force_id) if known else self.none()

    def open(self):
        """Draws on their way: asked for, drawn or approved."""
        return self.filter(state__in=Draw.OPEN)

    def without_content(self):
        """Rows without the whole JSON, for lists."""
        return self.defer("content")


class Draw(models.Model):
    """One release on its way: asked for, drawn, approved, published, perhaps withdrawn; or set aside.

    Each column is written once (a trigger). The true counts are in `blocks`; `content` is what will be published.
    """

    Kind = Kind

    class State(models.TextChoices):
        ASKED = "asked", "Being drawn"
        DRAWN = "drawn", "Drawn: to be reviewed"
        APPROVED = "approved", "Approved: to be published by somebody else"
        PUBLISHED = "published", "Published"
        WITHDRAWN = "withdrawn", "Withdrawn"
        SET_ASIDE = "set-aside", "Set aside"

    OPEN = (State.ASKED, State.DRAWN, State.APPROVED)

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    force = models.ForeignKey(Force, models.PROTECT, related_name="+")
    period = models.CharField(max_length=12)
    edition = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.FIRST)
    corrects = models.ForeignKey(Release, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    leased_until = models.DateTimeField(null=True, blank=True)  # somebody draws it now
    fault = models.CharField(max_length=300, blank=True)  # why the last attempt came to nothing

    drawn_at = models.DateTimeField(null=True, blank=True)  # the moment at which the counts were frozen
    passed = models.BooleanField(null=True, blank=True)
    verdict = ArrayField(models.TextField(), default=list, blank=True)
    hidden_share = models.JSONField(default=dict, blank=True)
    held = models.JSONField(default=dict, blank=True)
    counters = models.JSONField(default=dict, blank=True)  # of the audit: targets, programs, narrowest, withheld
    known = models.JSONField(default=list, blank=True)  # facts from outside that the audit was given
    audited_with = ArrayField(models.BigIntegerField(), default=list, blank=True)  # releases that the audit knew
    compared_with = models.ForeignKey(Release, models.PROTECT, null=True, blank=True, related_name="+")
    content = models.TextField(blank=True)
    content_hash = models.CharField(max_length=64, blank=True)

    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    publish_at = models.DateTimeField(null=True, blank=True)
    release = models.OneToOneField(Release, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_for = models.CharField(max_length=500, blank=True)
    set_aside_at = models.DateTimeField(null=True, blank=True)
    set_aside_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    set_aside_for = models.CharField(max_length=500, blank=True)

    objects = DrawQuerySet.as_manager()

    class Meta:
        constraints = [
            *(
                models.CheckConstraint(
                    name=f"draw_{verb}_at_and_by_together",
                    condition=Q(**{f"{verb}_at": None, f"{verb}_by": None})
                    | Q(**{f"{verb}_at__isnull": False, f"{verb}_by__isnull": False}),
                )
                for verb in ("approved", "published", "withdrawn", "set_aside")
            ),
            models.CheckConstraint(
                name="draw_state_is_known",
                condition=Q(state__in=["asked", "drawn", "approved", "published", "withdrawn", "set-aside"]),
            ),
            models.CheckConstraint(name="draw_period_is_one", condition=Q(period__regex=IN_PERIOD_FORM)),
            models.CheckConstraint(
                name="draw_kind_fits_its_edition",
                condition=Q(kind="first", edition=1, corrects=None)
                | Q(kind__in=["revision", "replacement"], edition__gt=1, corrects__isnull=False) & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="draw_has_its_content_and_hash",
                condition=Q(drawn_at=None, passed=None, content="", content_hash="")
                | Q(drawn_at__isnull=False, passed__isnull=False, content_hash__regex=r"^[0-9a-f]{64}$")
                & ~Q(content=""),
            ),
            models.CheckConstraint(
                name="draw_is_drawn_once_it_moved_on",
                condition=Q(state__in=["asked", "set-aside"]) | Q(drawn_at__isnull=False),
            ),
            models.CheckConstraint(
                name="draw_approved_only_if_it_passed",
                condition=Q(approved_at=None) | Q(passed=True),
            ),
            models.CheckConstraint(
                name="draw_approved_once_it_moved_on",
                condition=~Q(state__in=["approved", "published", "withdrawn"]) | Q(approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="draw_published_by_another_than_asked",
                condition=Q(published_by=None) | ~Q(published_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="draw_published_by_another_than_approved",
                condition=Q(published_by=None) | ~Q(published_by=F("approved_by")),
            ),
            models.CheckConstraint(
                name="draw_published_is_a_release",
                condition=Q(
                    state__in=["published", "withdrawn"],
                    release__isnull=False,
                    publish_at__isnull=False,
                    published_at__isnull=False,
                )
                | ~Q(state__in=["published", "withdrawn"])
                & Q(release=None, publish_at=None, published_at=None, withdrawn_at=None),
            ),
            models.CheckConstraint(
                name="draw_withdrawn_says_why",
                condition=Q(state="withdrawn", withdrawn_at__isnull=False) & ~Q(withdrawn_for="")
                | ~Q(state="withdrawn") & Q(withdrawn_at=None, withdrawn_for=""),
            ),
            models.CheckConstraint(
                name="draw_set_aside_says_why",
                condition=Q(state="set-aside", set_aside_at__isnull=False) & ~Q(set_aside_for="")
                | ~Q(state="set-aside") & Q(set_aside_at=None, set_aside_for=""),
            ),
            models.UniqueConstraint(
                name="draw_one_open_a_period",
                fields=["force", "period"],
                condition=Q(state__in=["asked", "drawn", "approved"]),
            ),
        ]
        indexes = [models.Index(name="draw_by_force", fields=["force", "-asked_at"])]

    def get_absolute_url(self):
        return reverse("figures:draw", args=[self.key])

    @property
    def status(self):
        """The state, under the name that a workflow reads."""
        return self.state

    def get_status_display(self):
        """Say the state in words."""
        return self.get_state_display()

    @property
    def span(self):
        """The period itself (periods.Period)."""
        return period(self.period)


class DrawnBlock(models.Model):
    """The true counts of one block of a draw, as they were frozen: its atoms, and its cubes with what was decided.

    Kept for ever: a later release of the same months is audited together with it (ADR 14).
    """

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="blocks")
    place = models.PositiveSmallIntegerField()
    name = models.SlugField(max_length=40)
    counts = models.JSONField()  # vintages.py reads and writes it

    class Meta:
        constraints = [models.UniqueConstraint(name="drawn_block_once", fields=["draw", "name"])]


class OutsideFact(models.Model):
    """Something that others published about the same assaults: the reader knows it, so the audit does (D6).

    Of one period, or of one code of one dimension of it: between `low` and `high`, both included.
    """

    force = models.ForeignKey(Force, models.PROTECT, related_name="+")
    period = models.CharField(max_length=12)
    dimension = models.SlugField(max_length=40, blank=True)
    code = models.SlugField(max_length=80, blank=True)
    low = models.PositiveIntegerField()
    high = models.PositiveIntegerField()
    source = models.CharField(max_length=300)
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="outside_fact_low_is_not_above_high", condition=Q(low__lte=F("high"))),
            models.CheckConstraint(name="outside_fact_period_is_one", condition=Q(period__regex=IN_PERIOD_FORM)),
            models.CheckConstraint(
                name="outside_fact_dimension_with_its_code",
                condition=Q(dimension="", code="") | ~Q(dimension="") & ~Q(code=""),
            ),
            models.CheckConstraint(name="outside_fact_has_a_source", condition=~Q(source="")),
        ]


class Happening(Reference):
    """Something that happened on `from_on` and may have to do with the figures: marked on a trend, and no more claimed.

    Of one force, or without one of all.
    """

    NATURAL = ("code",)
    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    force = models.ForeignKey(Force, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Reference.Meta):
        pass


class Workforce(Reference):
    """How many people a force had on one day, by type of worker: what rates are made with. Heads, and full-time
    equivalents where the source gives them: never one called the other."""

    class Type(models.TextChoices):
        OFFICER = "police-officer", "Police officers"
        STAFF = "police-staff", "Police staff"
        PCSO = "pcso", "Police community support officers"
        DESIGNATED = "designated", "Designated officers"
        SPECIAL = "special-constable", "Special constables"
        VOLUNTEER = "volunteer", "Police support volunteers"

    NATURAL = ("force", "on", "worker_type")
    force = models.ForeignKey(Force, models.PROTECT, related_name="+")
    on = models.DateField()
    worker_type = models.CharField(max_length=20, choices=Type)
    headcount = models.PositiveIntegerField()
    fte = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)

    class Meta(Reference.Meta):
        verbose_name_plural = "workforce"
        constraints = [
            *Reference.Meta.constraints,
            models.UniqueConstraint(name="workforce_once_a_day", fields=["force", "on", "worker_type"]),
        ]


# The anonymous question ----------------------------------------------------------------------------------------------


class PulseAnswer(models.Model):
    """One answer to the question that is asked of everybody once a month: tied to nobody, with a random key, no time.

    Kept under the month, in which it is the only thing known of when (pulse.py).
    """

    class Happened(models.TextChoices):
        NOTHING = "nothing", "No"
        ABUSED = "abused", "Yes: threats or abuse"
        ASSAULTED = "assaulted", "Yes: assaulted or spat at"

    class Reported(models.TextChoices):
        WHOLE = "whole", "Yes, all of it"
        SOME = "some", "Some of it"
        NONE = "none", "No"
        NOT_ASKED = "not-asked", "Nothing to report"

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    force = models.ForeignKey(Force, models.PROTECT, related_name="+")
    month = models.DateField()  # its first day
    happened = models.CharField(max_length=10, choices=Happened)
    reported = models.CharField(max_length=10, choices=Reported)

    class Meta:
        constraints = [
            models.CheckConstraint(name="pulse_answer_month_is_its_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="pulse_answer_is_known",
                condition=Q(happened="nothing", reported="not-asked")
                | Q(happened__in=["abused", "assaulted"], reported__in=["whole", "some", "none"]),
            ),
        ]
        indexes = [models.Index(name="pulse_answer_by_month", fields=["force", "month"])]


class PulseAsked(models.Model):
    """That somebody was asked this month, whatever they answered or did not; deleted once the month is over."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    month = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(name="pulse_asked_once_a_month", fields=["user", "month"])]
