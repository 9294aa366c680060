"""Check the answers, submit them once, and read the receipt: the same one however often it is asked for."""

import uuid

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Value
from django.db.models.functions import Concat
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from campion import kept
from campion.models import BankHoliday, KeptForm
from campion.working_days import BeyondTheCalendar, Calendar, london_date, working_days_after
from reports import actions, reading
from reports.content import content_hash, content_of, with_everything
from reports.likeness import Likeness, likely_duplicates
from reports.models import Incident, Kind, Task
from reports.readiness import page_values
from reports.views import _pages, _report, wording
from reports.workflow import incident_workflow

SUPPORT_DAYS = 2
"""Working days within which support is offered (Victims' Code, Right 4)."""


@require_http_methods(["GET", "HEAD", "POST"])
def check(request, reference):
    """Show every answer once more, and submit them."""
    incident = _report.find(request, reference, load=_for_check(request))
    if request.method == "POST":
        return _submit(request, incident)
    if incident.status not in (Incident.Status.DRAFT, Incident.Status.RETURNED):
        return redirect("reports:receipt", reference)
    if "say ready" in incident_workflow.allowed(request.user, incident):
        return redirect(incident)  # whoever answers for their own part alone says there that it is ready
    if sentence := _report.refusal_of(request, incident, "submit"):
        return _report.refuse(request, incident, sentence)
    return _checked(request, incident)


def _for_check(request):
    """Have the incident bring every answer, and the addresses of what was typed on its pages and not saved."""
    pages = Concat(Value(reverse("reports:home")), OuterRef("reference"), Value("/edit/"))
    typed = KeptForm.objects.filter(user=request.user, path__startswith=pages).values("path")
    return lambda incidents: with_everything(incidents).annotate(typed_at=ArraySubquery(typed))


def _checked(request, incident, *, status=200, sentence=""):
    user, reference = request.user, incident.reference
    opened = _pages.opened(incident, "places", "districts", user=user)
    names = opened.names
    problems = [(problem.sentence, _pages.address(reference, problem.page, "check")) for problem in opened.problems]
    # Once it has been before a supervisor, they decide whether it is another report's double.
    first = incident.status == Incident.Status.DRAFT
    alike = likely_duplicates(incident, user=user) if first else Likeness()
    context = {
        "title": "Check your answers",
        "reference": reference,
        "cards": _cards(opened),
        "problems": problems,
        "has_errors": bool(problems and status != 200) or bool(sentence),
        "sentence": sentence,
        "unsaved": _unsaved(opened),
        "alike": [_likeness(row, user) for row in alike.seen],
        "alike_unseen": alike.unseen,
        "key": incident.submit_key,
        "seen": content_hash(content_of(incident)),
        "again": incident.status == Incident.Status.RETURNED,
        "others": [name for name in names.values() if name],
        "back_href": _back(opened),
    }
    response = TemplateResponse(request, "reports/check.html", context, status=status)
    return _report.seen(request, incident, response, *_CHECKED)


_CHECKED = ("core", "narrative", "detail", "band", "health", "wish")


def _back(opened):
    pages = opened.pages
    return _pages.address(opened.reference, pages[-1]) if pages else reverse("reports:home")


def _cards(opened):
    """Give the answers as cards: what happened, then each person's part, then the rest."""
    first, last, parts = [], [], {}
    for page in opened.pages:
        values = page_values(opened.content, page)
        change = _pages.address(opened.reference, page, "check")
        pairs = wording.answers_in_words(page, values, options=opened.options, names=opened.names)
        about = opened.names.get(page.position, "") if page.position else ""
        rows = [
            {"key": question, "value": answer, "change": change, "what": f"{_within(question, page)} {about}".strip()}
            for question, answer in pairs
        ]
        where = parts.setdefault(page.position, []) if page.position else last if page.name in _LAST else first
        where.extend(rows)
    cards = [{"title": "What happened", "rows": first}]
    for position, rows in parts.items():
        name = opened.names.get(position, "")
        cards.append({"title": f"{name}’s part" if name else "Your part", "rows": rows})
    if last:
        cards.append({"title": "Support, and your own words", "rows": last})
    return cards


_LAST = ("support", "words")


def _within(question, page):
    """Give a question as it stands in a sentence; a person's name stays as it is."""
    return question if page.name == "people" else question[:1].lower() + question[1:]


def _unsaved(opened):
    """Give the pages on which something was typed and not saved, by title and address."""
    pages = {_pages.address(opened.reference, page): page for page in opened.pages}
    return [
        {"title": wording.title_of(pages[path], opened.names), "href": f"{path}?then=check"}
        for path in opened.incident.typed_at
        if path in pages
    ]


def _likeness(row, user):
    kinds = {part.kind for part in row.assaults.all() if part.kind}
    return {
        "reference": row.reference,
        "href": row.get_absolute_url(),
        "when": reading.when_text(row),
        "kinds": ", ".join(label for kind, label in Kind.choices if kind in kinds),
        "yours": row.reporter_id == user.pk,
    }


def _submit(request, incident):
    at = timezone.now()
    if (key := _key_of(request)) is None:
        if incident.status == Incident.Status.DRAFT:
            return _checked(request, incident, status=422, sentence="Check your answers, then submit them.")
        raise Http404
    try:
        done = actions.submit(
            incident=incident, key=key, seen_hash=request.POST.get("seen", ""), by=request.user, at=at
        )
    except actions.Incomplete:
        return _checked(request, incident, status=422)
    except actions.ChangedMeanwhile as changed:
        fresh = _report.find(request, incident.reference, load=_for_check(request))
        return _checked(request, fresh, status=409, sentence=str(changed))
    except actions.AlreadySubmitted as already:
        _report.record_refusal(request, incident, "submit")
        return _already(request, incident, str(already))
    except actions.Refused as refused:
        _report.record_refusal(request, incident, "submit")
        if incident.status != Incident.Status.DRAFT and incident.standing_of(request.user).involved:
            return _already(request, incident, str(refused))
        return _report.refuse(request, incident, str(refused))
    for path in incident.typed_at:
        kept.forget(request.user, path)
    return redirect("reports:receipt", done.incident.reference)


def _key_of(request):
    """Give the submit key as the page carried it; None for anything else."""
    typed = request.POST.get("key", "")
    try:
        key = uuid.UUID(typed)
    except ValueError:
        return None
    return key if str(key) == typed else None


def _already(request, incident, sentence):
    context = {
        "title": "This report was submitted already",
        "sentence": sentence,
        "reference": incident.reference,
        "href": incident.get_absolute_url(),
        "typed": [],
    }
    return TemplateResponse(request, "reports/closed.html", context, status=409)


# The receipt ----------------------------------------------------------------------------------------------------------


@require_safe
def receipt(request, reference):
    """Show that a report was submitted: its reference, what happens next and by when, and who sees it."""
    incident = _report.find(request, reference)
    standing = incident.standing_of(request.user)
    if not standing.involved:
        raise Http404
    if incident.status == Incident.Status.DRAFT:
        return redirect("reports:check", reference)
    if incident.quick_log:
        return redirect("reports:logged", reference)
    task = Task.objects.filter(incident=incident, kind=Task.Kind.FIRST_CONTACT).order_by("due_at").first()
    own = bool(standing.assaulted)
    context = {
        "title": "Report submitted",
        "reference": reference,
        "spelt": spelt(reference),
        "submitted_at": incident.submitted_at,
        "own": own,
        "alone": standing.everyone == standing.assaulted,
        "contact_by": task.due_at if task and task.done_at is None else None,
        "support_by": _support_by(incident),
        "restricted": incident.restricted,
        "href": incident.get_absolute_url(),
        "support_href": reverse("victims:home"),
    }
    response = TemplateResponse(request, "reports/receipt.html", context)
    return _report.seen(request, incident, response, "core")


def _support_by(incident):
    """Give the date by which support is offered: two working days after police were told; None beyond the calendar."""
    days = set(BankHoliday.objects.filter(nation="england-and-wales").values_list("on", flat=True))
    years = {day.year for day in days}
    calendar = Calendar("england-and-wales", days, min(years, default=1), max(years, default=0))
    try:
        return working_days_after(london_date(incident.police_told_at), SUPPORT_DAYS, calendar)
    except BeyondTheCalendar:
        return None


_ALPHABET = (
    "Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar Papa Quebec Romeo "
    "Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu"
)
_DIGITS = {"2": "two", "3": "three", "4": "four", "5": "five", "6": "six", "7": "seven", "8": "eight", "9": "nine"}
_SPOKEN = {word[0]: word for word in _ALPHABET.split()} | _DIGITS


def spelt(reference: str) -> list[str]:
    """Give a reference as it is read out on the telephone, a group at a time: "Alfa Romeo", "seven Kilo three Mike"."""
    return [" ".join(_SPOKEN[sign] for sign in group) for group in reference.split("-")]
