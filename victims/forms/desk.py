"""What the desk may ask its list for."""

from django import forms


class DeskFilter(forms.Form):
    """What the desk's list shows. Anything unknown in the address is left out rather than refused."""

    WAITING, ALL = "waiting", "all"
    state = forms.ChoiceField(
        label="Show",
        required=False,
        choices=[
            (WAITING, "Everything that waits for us"),
            ("offered", "No answer yet"),
            ("accepted", "Accepted"),
            ("later", "Ask again later"),
            ("declined", "Declined for now"),
            ("supported", "Already supported"),
            (ALL, "All"),
        ],
    )
    urgent = forms.BooleanField(label="Only urgent", required=False)
    overdue = forms.BooleanField(label="Only overdue", required=False)

    @classmethod
    def read(cls, query):
        """Give a form that shows what the address asked for, and its values."""
        state = query.get("state", cls.WAITING)
        known = {code for code, _ in cls.base_fields["state"].choices}
        values = {
            "state": state if state in known else cls.WAITING,
            "urgent": query.get("urgent") in ("on", "1"),
            "overdue": query.get("overdue") in ("on", "1"),
        }
        return cls(initial=values), values
