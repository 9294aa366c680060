"""What information governance enters about a complaint."""

from django import forms

from campion.fields import Prose


class Answer(forms.Form):
    """The answer, in words to the person."""

    words = Prose(
        label="Your answer",
        help_text="Say what you found, what happens now, and how to take it further. They read it on their own page.",
        max_length=10_000,
        rows=10,
        error_messages={"required": "Write the answer: the person reads it."},
    )
