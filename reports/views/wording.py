"""The core questions and their answers in words: for checking before submitting, and for comparing two tabs.

Takes the plain values of `readiness.page_values`, so it can word what stands and what was only typed.
"""

from datetime import datetime
from types import SimpleNamespace

from campion.local_time import LONDON
from campion.models import WorkerType
from reports.forms.core import Exposure
from reports.models import Assault, Incident, SupportWish
from reports.readiness import PageKey
from reports.reading import when_text

TITLES = {
    "who": "Who was assaulted",
    "people": "The others",
    "when": "When",
    "late": "Why later",
    "where": "Where",
    "what": "What was done",
    "advice": "First aid",
    "injured": "Hurt",
    "exposure": "Spit, blood or other fluid",
    "support": "Support",
    "words": "In your own words",
}
"""What to call a page in a list."""


def title_of(page: PageKey, names) -> str:
    """Give what to call a page in a list: "What was done to Sam Example".

    :param names: what to call the person at each position; empty for the reader themselves
    """
    title = TITLES[page.name]
    name = names.get(page.position, "")
    return f"{title} ({name})" if page.position and name else title


def answers_in_words(page: PageKey, values: dict, *, options, names) -> list[tuple[str, object]]:
    """Give each question of a page with its answer in words. An answer that was not given is empty.

    :param values: in the shape of `readiness.page_values` for that page
    :param options: the `choices.Options` with the lists that the page needs
    :param names: what to call the person at each position
    """
    return _WORDED[page.name](values, options, names) if values else []


def clock(at: str) -> str:
    """Say a moment given as ISO text: "Sunday 22 November 2026, 03:12"."""
    if not at:
        return ""
    moment = datetime.fromisoformat(at).astimezone(LONDON)
    return f"{moment:%A} {moment.day} {moment:%B %Y}, {moment:%H:%M}"


def _who(values, options, names):
    who = dict(Incident.Who.choices).get(values["who"], "")
    if values["who"] == Incident.Who.SEVERAL:
        who = "Several of us, and I was one of them" if values["among"] else "Several colleagues, not me"
    return [("Who was assaulted", who)]


def _people(values, options, names):
    rows = []
    for position, _, outside, contact, worker_type, consent in values["people"]:
        name = names.get(position) or outside
        lines = [dict(WorkerType.choices).get(worker_type, ""), contact]
        if consent:
            lines.append(f"Knows of this report: {dict(Assault.Consent.choices)[consent]}")
        rows.append((name, [line for line in lines if line]))
    return rows


def _when(values, options, names):
    when = values["when"]
    told = SimpleNamespace(
        told_from=when["from"], told_to=when["to"], clock_mark=when["mark"], precision=when["precision"]
    )
    return [("When", when_text(told))]


def _late(values, options, names):
    return [
        ("Police first told", clock(values["police_told_at"]) or "With this report"),
        ("Why later", values["late_reason"]),
    ]


def _where(values, options, names):
    district = options.label("districts", values["district_id"])
    if values["elsewhere"]:
        district = "Outside the force area, or not sure"
    return [("District", district), ("Kind of place", options.label("places", values["place_type_id"]))]


def _what(values, options, names):
    return [("What was done", [options.label("conducts", code) for code in values["conducts"]])]


def _injured(values, options, names):
    return [("Hurt", dict(Assault.Injury.choices).get(values["injury"], ""))]


def _exposure(values, options, names):
    fluids, routes = (dict(Exposure.base_fields[name].choices) for name in ("fluids", "routes"))
    where = [routes.get(code, code) for code in values["exposure_routes"] or ()]
    if values["contact"] == Assault.Contact.MISSED:
        where = ["It missed"]
    return [("Fluid", [fluids.get(code, code) for code in values["exposure_fluids"] or ()]), ("Where it went", where)]


def _support(values, options, names):
    wish = values["wish"] or {}
    how = [dict(SupportWish.Channel.choices).get(wish.get("channel"), ""), wish.get("contact"), wish.get("safe_times")]
    if wish.get("channel") or wish.get("contact"):
        how.append("You may leave a message" if wish["may_leave_message"] else "Do not leave a message")
    return [
        ("Support", dict(SupportWish.Support.choices).get(wish.get("support"), "")),
        ("How to reach you", [line for line in how if line]),
        ("Duty ends", clock(values["end_of_duty_at"])),
    ]


def _words(values, options, names):
    return [("In your own words", values["narrative"])]


_WORDED = {
    "who": _who,
    "people": _people,
    "when": _when,
    "late": _late,
    "where": _where,
    "what": _what,
    "injured": _injured,
    "exposure": _exposure,
    "support": _support,
    "words": _words,
    "advice": lambda values, options, names: [],
}
