"""The core questions, one thing on each page: every page saves, and leads to the next that applies."""

import contextlib

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from campion import kept
from campion.models import User
from reports import actions
from reports.content import core_content
from reports.forms import core
from reports.models import Incident
from reports.readiness import PageKey, digest, page_values
from reports.views import _pages, _report, wording

FACETS = {
    "late": "narrative",
    "words": "narrative",
    "what": "detail",
    "injured": "band",
    "advice": "health",
    "exposure": "health",
    "support": "wish",
}
"""The part of a report that a page shows, for the audit line; the others show its core."""
ABOUT_ONE = frozenset({"what", "advice", "injured", "exposure"})
PAGE_SIZE = 20
"""People shown of those who were found; more than that asks for more letters."""
SAVED = "Saved. Come back whenever you like: your draft is on this page."


@require_http_methods(["GET", "HEAD", "POST"])
def question(request, reference, name, position=None):
    """Ask one question, and save the answer."""
    if name not in core.FORMS or (name in ABOUT_ONE) != (position is not None):
        raise Http404
    page = PageKey(name, position)
    incident = _report.find(request, reference)
    if sentence := _report.refusal_of(request, incident, "edit"):
        return _closed(request, incident, sentence)
    opened = _pages.opened(incident, *core.LISTS.get(name, ()), user=request.user)
    if (position is not None and opened.part_row(position) is None) or not opened.may_answer(page):
        raise Http404
    if page not in opened.pages:  # a page that these answers do not call for
        return redirect(opened.after(page, _then(request)))
    return _Door(request, opened, page).answer()


def _then(request):
    then = request.GET.get("then", "")
    return then if then in ("check", "tasks") else ""


class _Door:
    """One request for one page of questions."""

    def __init__(self, request, opened, page):
        self.request, self.opened, self.page = request, opened, page
        self.then = _then(request)
        self.values = page_values(opened.content, page)
        others = {p: name for p, name in opened.names.items() if name}
        name = opened.names.get(page.position, "")
        self.asked = core.Asked(page, opened.content, opened.options, opened.at, name, others)
        self.form_class = core.FORMS[page.name]

    @property
    def autosaved(self):
        return self.request.headers.get("X-Autosave") == "1"

    @property
    def do(self):
        return self.request.POST.get("do", "")

    def answer(self):
        if self.request.method != "POST":
            return self.shown()
        if self.do == "fresh":
            kept.forget(self.request.user, self.request.path)
            return HttpResponseRedirect(self.request.get_full_path())
        if self.page.name == "people" and self.do not in ("", "later", "mine"):
            return _People(self).answer()
        form = self.form_class(self.asked, self.request.POST)
        return self.saved(form) if form.is_valid() else self.not_valid(form)

    # the page as it stands, or as it was typed

    def shown(self):
        typed = kept.opened(self.request, self.opened.incident.typed)
        if typed is None:
            return self.rendered(self.form_class(self.asked), seen=digest(self.values))
        form = self.form_class(self.asked, typed)
        form.full_clean()
        form.errors.clear()  # shown as it was typed; what is wrong with it is said when the button is pressed
        return self.rendered(form, seen=typed.get("seen", ""), unsaved=True)

    def rendered(self, form, *, seen, status=200, **extra):
        opened, page = self.opened, self.page
        asked = [other for other in opened.pages if other.name != "advice"]
        context = {
            "form": form,
            "title": form.title,
            "reference": opened.reference,
            "seen": seen,
            "name": self.asked.name,
            "caption": _counted(asked, page) if page in asked else "",
            "back_href": opened.before(page, self.then),
            "then": self.then,
            **self.more(form),
            **extra,
        }
        response = TemplateResponse(self.request, form.template, context, status=status)
        return _report.seen(self.request, opened.incident, response, FACETS.get(page.name, "core"))

    def more(self, form):
        """Give what one page shows beside its form."""
        name, options = self.page.name, self.opened.options
        if name == "people":
            return _People(self).context()
        if name == "what":
            return {"groups": [form[kind] for kind in form.fields]}
        if name == "advice":
            done = set(self.asked.part["conducts"])
            audiences = {"exposure"} if any(options.facts[code].exposure for code in done) else set()
            audiences |= {"strangulation"} if "strangle" in done else set()
            neck = [row.label for row in options.advice if row.group == "strangulation" and row.group in audiences]
            fluid = [row.label for row in options.advice if row.group == "exposure" and row.group in audiences]
            return {"neck": neck, "fluid": fluid}
        return {}

    # saving

    def saved(self, form):
        request, answers = self.request, form.answers()
        at = timezone.now()
        try:
            incident = actions.answer(
                incident=self.opened.incident,
                page=self.page,
                answers=answers,
                seen=request.POST.get("seen", ""),
                passed=not self.autosaved,
                by=request.user,
                at=at,
            )
        except actions.ChangedElsewhere as changed:
            return self.conflict(changed, answers, at)
        except actions.Refused as refused:
            return self.refused(str(refused), form)
        kept.forget(request.user, request.path)
        if self.autosaved:
            seen = digest(page_values(core_content(incident, writer=request.user.pk), self.page))
            return JsonResponse({"saved_at": at.isoformat(), "seen": seen})
        if remark := getattr(form, "remark", ""):
            messages.info(request, remark)
        if self.do == "later":
            messages.success(request, SAVED)
            return redirect("reports:home")
        return redirect(_pages.opened(incident, user=request.user).after(self.page, self.then))

    def not_valid(self, form):
        request, at = self.request, timezone.now()
        kept.keep(request.user, request.path, request.POST, at)
        if self.autosaved:
            return JsonResponse({"saved_at": at.isoformat()})
        if self.do == "later":
            messages.success(
                request, "What you typed is kept. One thing on that page needs a second look when you come back."
            )
            return redirect("reports:home")
        return self.rendered(form, seen=request.POST.get("seen", ""), status=422)

    def refused(self, sentence, form):
        if self.autosaved:
            return JsonResponse({"message": sentence}, status=409)
        form.add_error(None, sentence)
        return self.rendered(form, seen=self.request.POST.get("seen", ""), status=422)

    def conflict(self, changed, answers, at):
        """Show what stands and what was typed, so that the person decides (R7)."""
        request, page = self.request, self.page
        kept.keep(request.user, request.path, request.POST, at)
        if self.autosaved:
            sentence = f"{changed} Use the button on this page to see both."
            return JsonResponse({"message": sentence}, status=409)
        stands = page_values(changed.content, page)
        words = {"options": self.opened.options, "names": self.opened.names}
        hidden = [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name not in ("csrfmiddlewaretoken", "seen", "do", kept.FIELD)
        ]
        context = {
            "title": "This was changed somewhere else",
            "question": wording.title_of(page, self.opened.names),
            "theirs": _as_rows(wording.answers_in_words(page, stands, **words)),
            "mine": _as_rows(wording.answers_in_words(page, answers, **words)),
            "seen": digest(stands),
            "hidden": hidden,
        }
        return TemplateResponse(request, "reports/conflict.html", context, status=409)


def _counted(asked, page):
    """Say how far one is. The number of questions follows the answers, so it is about so many."""
    number = asked.index(page) + 1
    return f"Question {number} of about {max(len(asked), 7)}" if number < len(asked) else f"Question {number}, the last"


def _as_rows(pairs):
    return [{"key": question, "value": answer} for question, answer in pairs]


class _People:
    """Naming the people of a report, beside the question about each of them."""

    def __init__(self, door):
        self.door, self.request, self.opened = door, door.request, door.opened

    def context(self, *, find=None, found=None, outsider=None):
        people = []
        for row in self.opened.incident.assaults.all():
            consent = f"consent-{row.position}"
            people.append(
                {
                    "position": row.position,
                    "name": self.opened.names[row.position] or "You",
                    "role": row.rank_or_grade or row.get_worker_type_display(),
                    "remove": f"remove:{row.position}",
                    "consent": consent if self.opened.names[row.position] else "",
                }
            )
        return {
            "people": people,
            "find": find or core.Find(),
            "found": found,
            "outsider": outsider or core.Outsider(),
            "outsider_open": bool(outsider and outsider.errors),
            "has_errors": bool(find and find.errors) or bool(outsider and outsider.errors),
        }

    def answer(self):
        do, _, key = self.door.do.partition(":")
        step = {"find": self.find, "add": self.add, "outside": self.outside, "remove": self.remove}.get(do)
        if step is None:
            return HttpResponseRedirect(self.request.get_full_path())
        return step(key)

    def page(self, *, status=200, **extra):
        form = self.door.form_class(self.door.asked)
        seen = digest(self.door.values)
        return self.door.rendered(form, seen=seen, status=status, **self.context(**extra))

    def find(self, _):
        form = core.Find(self.request.POST)
        if not form.is_valid():
            return self.page(find=form, status=422)
        words = form.cleaned_data["words"]
        named = {row.person_id for row in self.opened.incident.assaults.all()} | {self.request.user.pk}
        rows = User.objects.found_by(words, by=self.request.user).exclude(pk__in=named)[: PAGE_SIZE + 1]
        found = [
            {
                "add": f"add:{row.pk}",
                "name": row.name,
                "role": row.rank_or_grade or row.get_worker_type_display(),
                "number": row.staff_number,
            }
            for row in rows
        ]
        if not found and len(words) < 3:
            form.add_error("words", "Nobody has that staff number. For a surname, type at least three letters.")
            return self.page(find=form, status=422)
        return self.page(find=form, found={"people": found[:PAGE_SIZE], "more": len(found) > PAGE_SIZE, "words": words})

    def add(self, key):
        person = User.objects.filter(pk=key).first() if key.isascii() and key.isdigit() and len(key) < 19 else None
        if person is None:
            return self.again("There is nobody of that name or number in your force’s directory.")
        return self.done(actions.add_colleague, person=person)

    def outside(self, _):
        form = core.Outsider(self.request.POST)
        if not form.is_valid():
            return self.page(outsider=form, status=422)
        return self.done(actions.add_outsider, **form.cleaned_data)

    def remove(self, key):
        if not (key.isascii() and key.isdigit() and len(key) < 4):
            return self.again("That person is no longer in this report.")
        self.keep_chosen()
        return self.done(actions.remove_person, position=int(key))

    def keep_chosen(self):
        """Save what was chosen about the others: their answers were sent with the button that removes somebody."""
        form = self.door.form_class(self.door.asked, self.request.POST)
        if "seen" not in self.request.POST or not form.is_valid():
            return
        with contextlib.suppress(actions.ChangedElsewhere, actions.Refused):
            actions.answer(
                incident=self.opened.incident,
                page=self.door.page,
                answers=form.answers(),
                seen=self.request.POST["seen"],
                passed=False,
                by=self.request.user,
                at=timezone.now(),
            )

    def done(self, act, **what):
        try:
            act(incident=self.opened.incident, by=self.request.user, at=timezone.now(), **what)
        except actions.Refused as refused:
            return self.again(str(refused))
        return HttpResponseRedirect(self.request.get_full_path())

    def again(self, sentence):
        return self.page(status=422) if not sentence else self._with(sentence)

    def _with(self, sentence):
        find = core.Find(self.request.POST if "words" in self.request.POST else {"words": ""})
        find.errors.clear()
        find.add_error("words", sentence)
        return self.page(find=find, status=422)


# After submission -----------------------------------------------------------------------------------------------------

_NOT_WORDS = {"csrfmiddlewaretoken", "seen", "do", kept.FIELD}


def _closed(request, incident, sentence):
    """Answer for a page of a report that can no longer be answered: what was typed in an old tab is shown, not lost."""
    standing = incident.standing_of(request.user)
    if not standing.involved:
        raise Http404
    if request.headers.get("X-Autosave") == "1":
        return JsonResponse({"message": sentence}, status=409)
    if request.method != "POST":
        return redirect("reports:receipt", incident.reference) if standing.reporter else redirect(incident)
    typed = [
        text
        for name, values in request.POST.lists()
        if name not in _NOT_WORDS
        for text in values
        if " " in text.strip()
    ]
    context = {
        "title": "This report was submitted already" if incident.status != Incident.Status.DRAFT else "Not saved",
        "sentence": sentence,
        "typed": typed,
        "reference": incident.reference,
        "href": incident.get_absolute_url(),
    }
    return TemplateResponse(request, "reports/closed.html", context, status=409)
