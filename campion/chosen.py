"""What the address of a page of figures may ask for: a choice among those offered, never a filter of one's own (D2)."""

from collections.abc import Sequence

from django import forms
from django.utils.encoding import escape_uri_path

from campion.months import Period, chosen
from campion.views import errors

PERIODS_OFFERED = (
    "Figures are counted for whole months and quarters of the last 13 months. Choose one of them on the page."
)
"""What a page of a desk's figures can be asked for."""


class NotAChoice(Exception):
    """The address asks for something that is no choice; the message says what is, fit to show.

    :ivar link: the words of a link to the nearest choice, if there is one
    :ivar query: its query
    """

    def __init__(self, message: str, *, link: str = "Go back to the figures", query: str = ""):
        super().__init__(message)
        self.link, self.query = link, query


def choices_in(request, *names: str) -> dict[str, str]:
    """Give the parameters of an address, each at most once and all of them known.

    :raises NotAChoice: for any other (D2): a figure is chosen among those offered, never filtered out of records
    """
    for name, values in request.GET.lists():
        if name not in names:
            known = (
                f"The figures here can be chosen by {' and '.join(f'“{known}”' for known in names)} alone."
                if names
                else "This page has no choices."
            )
            raise NotAChoice(f"“{name[:40]}” is no choice here. {known}")
        if len(values) > 1:
            raise NotAChoice(f"“{name}” can be chosen once, and this address has it {len(values)} times.")
    return {name: request.GET[name] for name in names if request.GET.get(name)}


def not_a_choice(request, refusal: NotAChoice, offered: str):
    """Answer 400 with the sentence that says what may be chosen, and a link to the same page without a choice.

    :param offered: one or two sentences that say what this page can be asked for
    """
    page = {"link": refusal.link, "href": escape_uri_path(request.path) + refusal.query}
    return errors.answer(request, 400, errors.Problem("That is not among the figures", str(refusal), offered, **page))


class ChoosePeriod(forms.Form):
    """Which months a page counts: one of those that are offered."""

    period = forms.ChoiceField(label="Months", required=False)

    def __init__(self, *args, offered: Sequence[Period], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = period_choices(offered)


def period_choices(offered: Sequence[Period]) -> list:
    """Give the periods as a list offers them: all months, the quarters, and each month."""
    whole, *parts = offered
    quarters = [(period.code, period.label) for period in parts if "Q" in period.code]
    months = [(period.code, period.label) for period in parts if "Q" not in period.code]
    return [(whole.code, whole.label), ("Quarters", quarters), ("Months", months)]


def period_in(request, offered: Sequence[Period]) -> Period:
    """Give the period that an address asks for, or the first that is offered.

    :raises NotAChoice: if it asks for any other, or for anything else
    """
    code = choices_in(request, "period").get("period", offered[0].code)
    period = chosen(code, offered)
    if period is None:
        raise NotAChoice("There are no figures of that period. Choose one of those that are listed on the page.")
    return period
