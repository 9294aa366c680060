"""What the pages of the core questions share: opening a report, its addresses, and what to call people."""

from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from reports import choices, readiness
from reports.content import core_content
from reports.models import Incident
from reports.permissions import may_answer
from reports.readiness import PageKey
from reports.views import _report

SOMEBODY = "Somebody else who was assaulted"
"""What stands for a name that is withheld."""


def address(reference, page: PageKey, then="") -> str:
    """Give the address of a page of questions, core or fuller.

    :param then: "check" or "tasks": where to come back to afterwards
    """
    name = "reports:section" if page.name in readiness.SECTION_NAMES else "reports:edit"
    args = [reference, page.name] if page.position is None else [reference, page.name, page.position]
    return reverse(name, args=args) + (f"?then={then}" if then else "")


@dataclass
class Opened:
    """A report opened by who may answer it: the row, the answers they may read, the options, and now."""

    incident: Incident
    content: dict
    options: choices.Options
    names: dict[int, str]
    at: object
    user: object

    @property
    def reference(self):
        return self.incident.reference

    @property
    def pages(self) -> list[PageKey]:
        """The core pages that apply and that this person may answer, in order."""
        pages = readiness.core_pages(self.content, self.options.facts, at=self.at)
        return [page for page in pages if self.may_answer(page)]

    def may_answer(self, page: PageKey) -> bool:
        part = self.part_row(page.position)
        return may_answer(self.incident.standing_of(self.user), page.name, part and part.pk)

    def part_row(self, position):
        return next((row for row in self.incident.assaults.all() if row.position == position), None)

    @property
    def problems(self) -> list[readiness.Problem]:
        """What is missing to submit it, and this person's to mend."""
        missing = readiness.enough_to_submit(core_content(self.incident), self.options.facts, self.names)
        return [problem for problem in missing if self.may_answer(problem.page)]

    def next_to_answer(self) -> PageKey | None:
        """The first page that applies and that nobody has passed."""
        return next((page for page in self.pages if str(page) not in self.content["answered"]), None)

    def after(self, page: PageKey, then="") -> str:
        """Give the address to go to from a page: first aid before all; then where the person came from, or on."""
        nearest = readiness.after(self.content, page, self.options.facts, at=self.at)
        while nearest and not self.may_answer(nearest):
            nearest = readiness.after(self.content, nearest, self.options.facts, at=self.at)
        if nearest and nearest.name == "advice" and str(nearest) not in self.content["answered"]:
            return address(self.reference, nearest, then)
        if then == "tasks":
            return reverse("reports:tasks", args=[self.reference])
        if then == "check":
            nearest = self.next_to_answer()
        return address(self.reference, nearest, then) if nearest else reverse("reports:check", args=[self.reference])

    def before(self, page: PageKey, then="") -> str:
        """Give the address that Back leads to."""
        if then in ("check", "tasks"):
            return reverse(f"reports:{then}", args=[self.reference])
        earlier = self.pages[: self.pages.index(page)] if page in self.pages else []
        return address(self.reference, earlier[-1]) if earlier else reverse("reports:home")


def opened(incident, *lists, user) -> Opened:
    """Open a report that was found: one query for the options, none for the answers.

    :param lists: of `choices.LISTS`
    :raises Http404: if this person wrote none of it
    """
    standing = incident.standing_of(user)
    if not standing.owns:
        raise Http404
    at = timezone.now()
    content = core_content(incident, writer=user.pk)
    options = choices.load(*lists, on=choices.date_of(content, at), user=user)
    if not standing.reporter:  # who took only their own part over answers that part
        mine = {row.position for row in incident.assaults.all() if row.pk in standing.assaulted}
        content["assaults"] = [part for part in content["assaults"] if part["position"] in mine]
    names = {
        row.position: ""
        if row.person_id == user.pk
        else _report.call(row, user)
        if standing.reporter and row.pk not in standing.brought_in
        else SOMEBODY
        for row in incident.assaults.all()
    }
    return Opened(incident, content, options, names, at, user)
