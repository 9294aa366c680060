"""What a list of duties may be asked for, in its address."""

from django import forms
from django.core.exceptions import ValidationError

from campion.fields import Line


class DutyFilter(forms.Form):
    """What the list of duties shows. Anything unknown in the address is left out rather than refused."""

    TABS = (("all", "All"), ("overdue", "Overdue"), ("week", "Due within 7 days"), ("done", "Done in the last 28 days"))
    report = Line(
        label="Only one report",
        help_text="Its reference, such as AR-7K3M-92QF, or a crime number",
        required=False,
        max_length=60,
    )

    @classmethod
    def read(cls, query):
        """Give a form that shows what the address asked for, and its values."""
        show = query.get("show", "all")
        try:
            report = cls.base_fields["report"].clean(query.get("report", ""))
        except ValidationError:
            report = ""
        values = {"show": show if show in dict(cls.TABS) else "all", "report": report}
        return cls(initial=values), values
