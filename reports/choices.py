"""The options that a page of questions offers: reference rows in force on the incident's date, all lists in one query.

A code that was retired since stays readable, and stays chosen where it was chosen; it is not offered afresh.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import BooleanField, CharField, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Concat

from campion.local_time import LONDON
from campion.models import Unit
from reports.models import Advice, ConductType, District, DistrictArea, PlaceType
from reports.readiness import ConductFacts

LISTS = ("conducts", "places", "districts", "advice")


@dataclass(frozen=True)
class Option:
    """One row that may be chosen. `group` is its kind, its audience or its policing area; `current`: offered today."""

    pk: int
    code: str
    label: str
    hint: str
    group: str
    order: int
    current: bool
    own: bool = False


@dataclass
class Options:
    """The lists that a page needs; one not asked for is empty. `facts` has every kind of conduct, retired ones too."""

    facts: dict[str, ConductFacts] = field(default_factory=dict)
    conducts: list[Option] = field(default_factory=list)
    places: list[Option] = field(default_factory=list)
    districts: list[Option] = field(default_factory=list)
    advice: list[Option] = field(default_factory=list)

    def offered(self, name, chosen=()):
        """Give the options of one list that may be chosen now: those in force, and those chosen already.

        :param chosen: keys or codes chosen before
        """
        return [row for row in getattr(self, name) if row.current or row.code in chosen or row.pk in chosen]

    def label(self, name, key) -> str:
        """Give the words of one row by its key or code, retired or not; an empty text if there is none."""
        return next((row.label for row in getattr(self, name) if key in (row.pk, row.code)), "")

    @property
    def own_district(self) -> Option | None:
        """The one district of the person's own policing area; None if the area has several, or is not known."""
        own = [row for row in self.districts if row.own and row.current]
        return own[0] if len(own) == 1 else None


def date_of(content, at: datetime) -> date:
    """Give the London date on which reference rows must be in force: the incident's, or today's while that is open."""
    began = content["when"]["at"]
    return (datetime.fromisoformat(began) if began else at).astimezone(LONDON).date()


def load(*lists, on: date, user) -> Options:
    """Load the lists that a page needs, in one query. The kinds of conduct always come along: the rules need them.

    :param lists: of "places", "districts", "advice"
    :param on: the London date on which the rows must be in force
    :param user: whose force's districts, and whose policing area
    """
    parts = [_conducts(on)]
    if "places" in lists:
        parts.append(_coded(PlaceType, "places", on))
    if "districts" in lists:
        parts.append(_districts(on, user))
    if "advice" in lists:
        parts.append(_advice(on))
    first, *others = parts
    options = Options()
    for name, contact, exposure, injury, *row in first.union(*others, all=True) if others else first:
        option = Option(*row)
        getattr(options, name).append(option)
        if name == "conducts":
            options.facts[option.code] = ConductFacts(option.group, contact, exposure, injury)
    for name in LISTS:
        getattr(options, name).sort(key=lambda option: (option.order, option.label))
    # The person's own area first, then the others by name; districts by name within each.
    options.districts.sort(key=lambda option: (not option.own, option.group, option.label))
    return options


_COLUMNS = (
    "in_list", "as_contact", "as_exposure", "as_injury", "pk", "as_code", "as_label", "as_hint", "as_group", "as_order",
    "as_current", "as_own",
)  # fmt: skip


def _rows(rows, name, on, *, label, group, hint="", order=0, **facts):
    in_force = (Q(until_on=None) | Q(until_on__gte=on)) & Q(from_on__lte=on)
    return rows.annotate(
        in_list=Value(name, CharField()),
        as_contact=_fact(facts.get("contact", False)),
        as_exposure=_fact(facts.get("exposure", False)),
        as_injury=_fact(facts.get("injury", False)),
        as_code=Cast(F("code"), CharField()),
        as_label=Cast(label, CharField()),
        as_hint=Cast(hint if not isinstance(hint, str) else Value(hint), CharField()),
        as_group=Cast(group if not isinstance(group, str) else Value(group), CharField()),
        as_order=order if not isinstance(order, int) else Value(order),
        as_current=ExpressionWrapper(in_force, BooleanField()),
        as_own=_fact(facts.get("own", False)),
    ).values_list(*_COLUMNS)


def _fact(value):
    return Value(value, BooleanField()) if isinstance(value, bool) else value


def _conducts(on):
    return _rows(
        ConductType.objects.all(),
        "conducts",
        on,
        label=F("label"),
        hint=F("hint"),
        group=F("kind"),
        order=F("order"),
        contact=F("contact"),
        exposure=F("exposure"),
        injury=F("injury_possible"),
    )


def _coded(model, name, on):
    return _rows(model.objects.all(), name, on, label=F("label"), hint=F("hint"), group="", order=F("order"))


def _advice(on):
    return _rows(Advice.objects.in_force(on), "advice", on, label=F("text"), group=F("audience"), order=F("order"))


def _districts(on, user):
    areas = DistrictArea.objects.in_force(on).filter(district=OuterRef("pk"))
    unit = Unit.objects.filter(pk=user.unit_id)
    inside = unit.filter(path__contains=Concat(Value("/"), Cast(OuterRef("area"), CharField()), Value("/")))
    return _rows(
        District.objects.filter(force=user.force_id),
        "districts",
        on,
        label=F("name"),
        group=Subquery(areas.values("area__name")[:1]),
        own=Exists(areas.filter(Exists(inside))),
    )
