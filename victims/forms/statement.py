"""The days on which a Victim Personal Statement was taken and added to."""

from django import forms

from campion.fields import DateField, today


class StatementDay(forms.Form):
    """One day: on which it was taken, or something was added."""

    on = DateField(label="Which day?", latest=today)

    def __init__(self, *args, label, earliest, **kwargs):
        """
        :param label: the question
        :param earliest: the first London date that is possible
        """
        super().__init__(*args, **kwargs)
        self.fields["on"].label = label
        self.fields["on"].earliest = earliest
