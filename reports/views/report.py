"""The page of one report, for whoever may see it: each reader their facets, and buttons for what they may do."""

from dataclasses import dataclass

from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from reports import casebook, reading
from reports.models import Incident, Task
from reports.views._report import find, seen
from reports.views.safety import duty_rows


@dataclass(frozen=True)
class Button:
    """One thing that this person may do: its words, where it leads, and how it stands out."""

    text: str
    href: str
    verb: str
    first: bool = False
    at_once: bool = False
    """Done by the button itself, without a page of its own."""


BUTTONS = (
    ("edit", "Change your answers", "reports:tasks"),
    ("submit", "Check and submit again", "reports:check"),
    ("say ready", "Say that my part is ready", "reports:say-ready"),
    ("accept", "Accept this report", "reports:accept"),
    ("return", "Ask for changes", "reports:return"),
    ("record contact", "Record that you spoke to {}", "reports:record-contact"),
    ("take over", "Make your part your own", "reports:take-over"),
    ("add", "Add to this report", "reports:add"),
    ("upgrade", "Make this a full report", "reports:upgrade"),
    ("enter an event", "The case, and what happened in it", "reports:case"),
    ("assign", "Name the officer in the case", "reports:assign"),
    ("change duty", "Fitness for duty", "reports:safety"),
    ("correct", "Correct an answer", "reports:corrections"),
    ("merge", "Merge it with another report", "reports:merge"),
    ("name a conflict", "Say who must not see this", "reports:name-conflict"),
    ("restrict", "Keep this to a few people", "reports:restrict"),
    ("withdraw", "Take this report back", "reports:withdraw"),
)
"""In the order of the page."""
ELSEWHERE = ("complete", "enter a court event", "strike an event", "decide safety")
"""Verbs without a button here: the sections below, the page of the case and the desks of others lead to them."""
FIRST = ("submit", "say ready", "accept", "take over")
"""Verbs that stand out, where they are allowed."""
AT_ONCE = ("upgrade", "say ready")
"""Verbs that their button does, without a page of their own."""
SECOND = ("edit", "return", "record contact", "add", "upgrade")
"""Verbs that are buttons too; the others are links below them."""


@require_safe
def report(request, reference):
    """Show a report; a draft leads to its writer's list of tasks."""
    incident = find(request, reference, load=reading.for_page)
    if incident.status == Incident.Status.DRAFT:
        return redirect("reports:tasks", reference)
    view = reading.view_of(request.user, incident)
    buttons = list(buttons_for(view))
    context = {
        "report": view,
        "buttons": [button for button in buttons if button.verb in FIRST + SECOND],
        "links": [button for button in buttons if button.verb not in FIRST + SECOND],
        "next": next_rows(view.next_step),
        "event": event_rows(view),
        "people": [(person, person_rows(person, view)) for person in view.people],
        "circumstances": circumstance_rows(view),
        "suspects": [(f"Suspect {suspect.position}", suspect_rows(suspect)) for suspect in view.suspects or ()],
        "evidence": [(row, filesizeformat(row.size), _file_link(row, view)) for row in view.evidence or ()],
        "sections": [_section(row, view) for row in view.sections],
        "must_have": [(row.sentence, _page(row, view)) for row in view.must_have],
        "gaps": [(row.sentence, _page(row, view)) for row in view.gaps],
        "shows_gaps": view.status in ("submitted", "returned") and bool(view.must_have or view.gaps),
        "support_href": _link("victims:home") if view.own else "",
        "duty": _own_duty(request.user, incident) if view.own else [],
    }  # fmt: skip
    response = TemplateResponse(request, "reports/report.html", context)
    return seen(request, incident, response, *view.facets_seen)


def _own_duty(user, incident):
    """What the reader's own days off came to; nothing while they have none and nothing was decided."""
    own = casebook.own_duty(user, incident)
    return duty_rows(own) if own.spells or own.decision or own.injuries else []


def buttons_for(view):
    """Yield a button for each verb in `view.may`, and for no other."""
    for verb, text, name in BUTTONS:
        if verb not in view.may or (verb == "restrict" and view.restricted):
            continue
        if verb == "record contact":
            for task in view.tasks:
                if task.kind == Task.Kind.FIRST_CONTACT and not task.done_at:
                    href = reverse(name, args=[view.reference, task.position])
                    yield Button(text.format(task.whose), href, verb)
            continue
        if verb == "assign" and view.officer_in_case:
            text = "Change the officer in the case"
        if verb == "change duty" and view.own and view.relation != "reviewer":
            text = "Your fitness for duty"
        href = _link(name, view.reference)
        if href:
            yield Button(text, href, verb, first=verb in FIRST, at_once=verb in AT_ONCE)


def _link(name, *args):
    """The address of a page of another part of the house, or nothing while it has none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _file_link(row, view):
    """Where a file may be opened, once it was found to be safe."""
    return _link("reports:evidence_file", view.reference, row.key) if row.state == "clean" else ""


def _page(row, view):
    """The page that mends something, if this person may open it."""
    if "edit" in view.may and row.name not in _SECTION_NAMES:
        args = [view.reference, row.name] + ([row.position] if row.position else [])
        return _link("reports:edit", *args)
    listed = {(section.name, section.position) for section in view.sections}
    return _section_link(row, view) if (row.name, row.position) in listed else ""


def _section_link(row, view):
    args = [view.reference, row.name] + ([row.position] if row.position else [])
    return _link("reports:section", *args)


_SECTION_NAMES = {
    "place", "activity", "detail", "injury", "equipment", "weapons", "suspects", "crime", "evidence", "witnesses",
    "privacy",
}  # fmt: skip
_STATES = {
    "done": ("Done", None),
    "to do": ("To do", "blue"),
    "not needed": ("If you wish", None),
    "nothing added": ("Nothing added", None),
}


def _section(row, view):
    status, colour = _STATES[row.state]
    return {"title": row.title, "href": _section_link(row, view), "status": status, "colour": colour}


# Rows of the summary lists -------------------------------------------------------------------------------------------


def _rows(*pairs):
    """Rows for those pairs that have a value; False and 0 are values."""
    return [{"key": key, "value": value} for key, value in pairs if value not in (None, "", (), [])]


def _always(key, value):
    return {"key": key, "value": list(value) if isinstance(value, tuple) else value}


def _date(day):
    return f"{day.day} {day:%B %Y}" if day else ""


def _moment(at):
    at = timezone.localtime(at) if at else None
    return f"{at.day} {at:%B %Y}, {at:%H:%M}" if at else ""


def next_rows(step):
    """What happens next, who owes it, and by when."""
    owner = "" if step.owed_by == "nobody" else _capital(step.owed_by)
    by_when = "Overdue since" if step.overdue else "By when"
    return _rows(("What happens next", step.text), ("Who does it", owner), (by_when, _moment(step.due_at)))


def event_rows(view):
    """What happened, when and where."""
    where = view.place_type or ("Not sure" if view.elsewhere or view.quick_log is False else "")
    district = view.district or ("Outside the force area, or not known" if view.elsewhere else "")
    return [
        _always("Kind", view.kinds),
        _always("When", view.when),
        *_rows(
            ("Policing day", _date(view.policing_day)),
            ("Kind of place", where),
            ("Exactly where", view.place_detail),
            ("District", district),
            ("Policing area", view.area),
            ("Reported by", _capital(view.reporter)),
            ("Reported as", view.reporter_role),
            ("Police first told", _moment(view.police_told_at)),
            ("Told late", f"{view.delay} after it happened" if view.delay else ""),
            ("Why it was told late", view.late_reason),
            ("Officer in the case", _capital(view.officer_in_case)),
            ("Crime recorded", view.crime_recorded),
            ("Crime number", view.crime_number),
            ("Newest in the case", _newest(view.newest_event)),
            *((kind, value) for kind, value in view.references or () if kind != "Crime number"),
        ),
    ]


def _newest(event):
    return f"{event[0]}, {_moment(event[1])}" if event else ""


def _capital(text):
    return text[:1].upper() + text[1:] if text else ""


def person_rows(person, view):
    """One person's part, as far as it is granted."""
    rows = [_always("Kind", person.kind)]
    rows += _rows(("Taken over", _moment(person.taken_over_at)))
    if person.conducts is not None:
        rows += [_always("What was done", person.conducts)]
        rows += _rows(
            ("Contact", person.contact),
            ("Words used", person.words_used),
            ("Aimed at", list(person.hate_strands or ())),
            ("Works as", ", ".join(dict.fromkeys(part for part in (person.worker_type, person.rank_or_grade) if part))),
            ("How to reach them", person.outside_contact),
            ("Knows of this report", "" if person.yours else person.consent),
            ("Duty", person.duty_status),
            ("Protective equipment", list(person.ppe_worn or ())),
            ("Body-worn video", person.bwv),
        )
    if person.injury is not None:
        rows += [_always("Hurt", person.injury)]
    if health := person.health:
        rows += _rows(
            ("Injuries", list(health.injury_types)),
            ("Where on the body", list(health.body_parts)),
            ("Treatment", health.treatment),
            ("Fluid", list(health.exposure_fluids)),
            ("How it reached the body", list(health.exposure_routes)),
            ("First-aid advice shown", _moment(health.advice_shown_at)),
            ("How it has affected you" if person.yours else "How it has affected them", health.impact),
            ("About the injury", health.notes),
        )
    if wish := person.wish:
        rows += _rows(
            ("Support wanted", wish.support),
            ("How to reach you safely" if person.yours else "How to reach them safely", _reach(wish)),
            ("When", wish.safe_times),
        )
    contact = next((t for t in view.tasks if t.position == person.position and t.kind == Task.Kind.FIRST_CONTACT), None)
    if contact:
        rows += [_always("First contact by a supervisor", _contact(contact))]
    return rows


def _reach(wish):
    reach = ": ".join(part for part in (wish.channel, wish.contact) if part)
    if reach and wish.may_leave_message:
        reach += ". A message may be left."
    return reach


def _contact(task):
    if task.done_at:
        return ". ".join(part for part in (_moment(task.done_at), task.how) if part)
    return f"{'Overdue since' if task.overdue else 'Due by'} {_moment(task.due_at)}"


def circumstance_rows(view):
    """What was being done at the time."""
    facts = view.circumstances
    if facts is None:
        return []
    return _rows(
        ("Activity", facts.activity),
        ("Crewing", facts.crewing),
        ("Help was called", facts.assistance_called),
        ("Minutes until help came", facts.assistance_minutes),
        ("People present", facts.people_present),
        ("Calming was tried", facts.deescalation_tried),
        ("Force was used", facts.force_used),
        ("Weapons", list(facts.weapons)),
        *(
            (
                f"{row.source}: {row.reference}",
                "Kept as evidence" if row.kept else f"Deleted on {_date(row.deleted_on)}" if row.deleted_on
                else "Not known when it is deleted",
            )
            for row in view.footage or ()
        ),
        *(
            (
                "Witness",
                row.name + (f". Statement due {_date(row.statement_due_on)}"
                            if row.statement_due_on and not row.statement_given else ""),
            )
            for row in view.witnesses or ()
        ),
    )  # fmt: skip


def suspect_rows(suspect):
    """A suspect by codes: no name is kept here."""
    return _rows(
        ("Known", suspect.known),
        ("Key in the crime system", suspect.nominal_reference),
        ("A colleague", suspect.colleague),
        ("Age", suspect.age_band),
        ("Sex", suspect.sex),
        ("Under the influence of", list(suspect.influence)),
        ("Mental health", suspect.mental_health),
        ("Demeanour before", suspect.demeanour),
        ("Relationship", suspect.relationship),
    )
