"""A complaint as information governance reads it: its words, the right it is about, its limit, and nothing else."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from campion.working_days import london_date
from victims.models import Clock, Referral
from victims.reading.duties import short_day
from victims.reading.rights import right_view, right_words
from victims.reading.words import moment


@dataclass(frozen=True)
class ComplaintView:
    """One complaint. `about` is the right in words; `standing` says how that right stands, in the person's own case."""

    key: str
    href: str
    made_at: datetime
    made: str
    about: str
    right: str
    due: str
    status: str
    colour: str
    words: str = ""
    standing: tuple[str, ...] = ()
    acknowledged: tuple[dict, ...] = ()
    to_acknowledge: bool = False
    answer: str = ""
    answered: str = ""

    @property
    def is_open(self):
        """Whether it still waits for an answer."""
        return not self.answered


def complaint_rows(complaints, *, today, now) -> list[ComplaintView]:
    """Give the lines of the list, without anybody's words. No query; load `clock__entitlement` and `about`."""
    return [ComplaintView(**_line(row, today=today, now=now)) for row in complaints]


def complaint_view(complaint, *, today, now) -> ComplaintView:
    """Give one complaint in full: one query, for how the right stands that it is about."""
    clock = complaint.clock
    acknowledged = ()
    if clock and clock.met_at:
        view = right_view(clock, today=today, now=now, to_person=False)
        who = clock.met_by
        by = {"key": "Recorded by", "value": f"{who.rank_or_grade} {who.name}".strip()}
        acknowledged = ({"key": "Done", "value": view.met}, by, *({"key": q, "value": w} for q, w in view.evidence))
    answered = ""
    if complaint.answered_at:
        who = complaint.answered_by
        answered = f"{moment(complaint.answered_at)}, by {f'{who.rank_or_grade} {who.name}'.strip()}"
    return ComplaintView(
        **_line(complaint, today=today, now=now)
        | {
            "words": complaint.words,
            "standing": tuple(_standing(complaint, today=today, now=now)),
            "acknowledged": acknowledged,
            "to_acknowledge": bool(clock) and clock.status == "running",
            "answer": complaint.answer or "",
            "answered": answered,
        }
    )


def _line(complaint, *, today, now):
    clock = complaint.clock
    view = right_view(clock, today=today, now=now, to_person=False) if clock else None
    status, colour = ("Answered", "green") if complaint.answered_at else ("To answer", "blue")
    if view and view.is_open:
        status, colour = view.status, view.colour
    return {
        "key": str(complaint.key),
        "href": reverse("victims:complaint-desk", args=[complaint.key]),
        "made_at": complaint.made_at,
        "made": short_day(london_date(complaint.made_at)),
        "about": complaint.about.title if complaint.about else "Something else",
        "right": right_words(complaint.about) if complaint.about else "",
        "due": view.due if view else "No limit was in force when it was made.",
        "status": status,
        "colour": colour,
    }


def _standing(complaint, *, today, now):
    """How the right that it is about stands in that case: its limit, and whether it was kept."""
    if complaint.about_id is None:
        return
    cases = Referral.objects.joined_in(complaint.referral_id).values("pk")
    rows = Clock.objects.filter(referral__in=cases, entitlement=complaint.about_id).defer("evidence")
    for clock in rows.order_by("started_at", "pk"):
        clock.entitlement = complaint.about
        clock.evidence = None
        view = right_view(clock, today=today, now=now, to_person=False, private=False)
        if clock.not_applicable == Clock.Why.MERGED and not view.late:
            continue  # it goes on in the case that this was joined with
        yield " ".join(part for part in (f"{view.status}.", f"{view.due}.".replace("..", "."), view.met) if part)
