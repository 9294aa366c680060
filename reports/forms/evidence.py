"""Forms about photos and files."""

from django import forms

from campion.fields import OneOf, Prose, choice

NOBODY = "nobody"

REASONS = [
    ("officer-in-case", "The officer in the case needs it as evidence"),
    ("not-clear", "The safe copy does not show enough"),
    ("disclosure", "A court, prosecutor or disclosure officer asked for it"),
    ("complaint", "A complaint or review needs it"),
]
"""Why a supervisor fetches an original: a code, because the audit log holds no words."""


class Files(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name) or []

    def value_omitted_from_data(self, data, files, name):
        return name not in files


class SeveralFiles(forms.Field):
    """One file or more; which of them are fit is for `evidence_files.receive` to say, one by one."""

    widget = Files

    def clean(self, value):
        value = list(value or ())
        if not value:
            raise forms.ValidationError("Choose a photo or file.", code="required")
        return value


class AddEvidence(forms.Form):
    """Photos and files to add, what they show, and whose injury if it is one.

    :param people: (key of the Assault, what to call the person) for each whose injury it may show
    :param whole: whether it may also show nobody's injury, or the report as a whole
    """

    files = SeveralFiles(
        label="Photos or files",
        help_text="You can choose several. JPEG, PNG, WebP, HEIC or PDF, up to 20 MB each.",
        widget=Files(attrs={"accept": "image/jpeg,image/png,image/webp,image/heic,image/heif,application/pdf"}),
    )
    description = Prose(
        label="What do they show? (optional)",
        help_text="For example: left forearm, an hour afterwards. No names of suspects or the public.",
        max_length=500,
        rows=2,
        required=False,
    )

    def __init__(self, *args, people, whole, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [choice(str(key), name) for key, name in people]
        if whole:
            choices.append(choice(NOBODY, "Nobody’s: it shows something else"))
        if len(choices) > 1:
            self.fields["shows"] = OneOf(label="Whose injury do they show? (optional)", choices=choices, required=False)
        self._alone = int(choices[0][0]) if len(choices) == 1 and not whole else None

    @property
    def assault_key(self):
        """The key of the Assault that the files show, or None."""
        shows = self.cleaned_data.get("shows", "")
        return int(shows) if shows and shows != NOBODY else self._alone


class WhyOriginal(forms.Form):
    """Why a supervisor needs an original file."""

    reason = OneOf(label="Why do you need the original?", choices=REASONS)
