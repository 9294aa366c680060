"""What the people in a report may do about it: take their part over, say who must not see it, ask for few readers."""

from campion import audit
from reports import actions
from reports.forms import review as forms
from reports.views._report import Act


def _confirm(incident, view, **bound):
    return forms.Confirm(**bound)


# Make one's own part of a report that somebody else filed one's own.
take_over = Act(
    verb="take over",
    template="reports/take_over.html",
    make_form=_confirm,
    do=lambda incident, form, by, at: actions.take_over(incident=incident, by=by, at=at),
    said="Your part of this report is now yours.",
)

# Close a report to all but a named list.
restrict = Act(
    verb="restrict",
    template="reports/restrict.html",
    make_form=_confirm,
    do=lambda incident, form, by, at: actions.restrict(incident=incident, by=by, at=at),
    said="Only the people in this report and a short list of others can see it now.",
)


def _name_conflict(incident, form, by, at):
    actions.name_conflict(incident=incident, user=form.cleaned_data["user"], by=by, at=at)


def name_conflict(request, reference):
    """Say who must not see a report through any role."""
    return Act(
        verb="name a conflict",
        template="reports/name_conflict.html",
        make_form=lambda incident, view, **bound: searched(
            request, forms.ChoosePerson(**bound, by=request.user, leave_out=[request.user.pk])
        ),
        do=_name_conflict,
        said=lambda view, form: f"{form.cleaned_data['user'].name} cannot see this report. They are not told.",
        find_button="find",
    )(request, reference)


def searched(request, form):
    """Record a search for people: by a hash of what was typed and the keys of those found. Gives the form back."""
    if form.is_bound and form.found:
        audit.seen(
            "search_people",
            by=request.user,
            object_type="person",
            object_id=audit.hashed(form.data.get("words", "")),
            subject_ids=[person.pk for person in form.found],
        )
    return form
