"""What is said after a report was submitted: notes and corrections. The first words are never altered."""

from campion import messages
from campion.local_time import policing_day
from campion.workflow import Refused
from reports import events
from reports.actions._common import changing
from reports.actions.review import route
from reports.models import Assault, Note
from reports.readiness import kind_of
from reports.routing import area_of


def add_note(*, incident, body, by, at, assault=None):
    """Add words to a report, dated and signed.

    :param assault: the Assault that they are about, if one
    :raises Refused: if this person has no part in the report, or the words are empty
    """
    if not body.strip():
        raise Refused("Write what you want to add.")
    with changing(incident, "add", by=by) as report:
        return Note.objects.create(incident=report, assault=assault, kind=Note.Kind.ADDENDUM, body=body, by=by, at=at)


def say_ready(*, incident, by, at):
    """Say that one's own part is changed as it was asked, and tell whoever filed the report, who submits it again.

    :raises Refused: if this person did not take a part over, or may submit the report themself, or it is not returned
    """
    with changing(incident, "say ready", by=by) as report:
        note = {"kind": Note.Kind.ADDENDUM, "body": READY, "by": by}
        since = report.notes.filter(kind=Note.Kind.RETURN).order_by("-at").values_list("at", flat=True).first()
        said = report.notes.filter(kind=Note.Kind.ADDENDUM, by=by, at__gte=since or report.returned_at)
        if any(row.body == READY for row in said):
            raise Refused("You said so already. Whoever filed the report was told.")
        made = Note.objects.create(incident=report, at=at, **note)
        messages.tell([report.reporter], kind="part-ready", cause=f"{report.reference}/{made.pk}", at=at)
        return made


READY = "My part is changed as it was asked. The report can be submitted again."


def correct(*, incident, field, value, reason, by, at, assault=None):
    """Correct one coded answer, with a reason. What stood before is kept in the note, and in the version as submitted.

    :param field: "place_type" (PlaceType), "district" (District or None), "occurred" (local_time.Moment),
        "conducts" (a list of ConductType, with `assault`) or "injury" (a code of Assault.Injury, with `assault`)
    :param value: the right answer, of the type given above
    :raises Refused: if this person may not review the report, gives no reason, or the answer is already so
    """
    with changing(incident, "correct", by=by, reason=reason) as report:
        one = next((a for a in report.assaults.all() if assault and a.pk == assault.pk), None)
        if assault and one is None:
            raise Refused("That person is no longer in this report.")
        was, becomes = _CORRECTIONS[field](report, one, value)
        if was == becomes:
            raise Refused("That is what the report says already, so nothing was changed.")
        note = Note.objects.create(
            incident=report,
            assault=one,
            kind=Note.Kind.CORRECTION,
            body=reason,
            field=field,
            was=was,
            becomes=becomes,
            by=by,
            at=at,
        )
        route(report, at=at)
        if field in ("conducts", "injury"):
            events.assault_changed.send(Assault, assault=one, by=by, at=at)
        return note


def _place_type(report, _, value):
    was = str(report.place_type or "not given")
    report.place_type = value
    report.save(update_fields=["place_type"])
    return was, str(value)


def _district(report, _, value):
    was = str(report.district or "outside the force area, or not known")
    report.district, report.elsewhere = value, value is None
    report.area = area_of(value, report.occurred_from) if value else None
    report.save(update_fields=["district", "elsewhere", "area"])
    return was, str(value or "outside the force area, or not known")


def _occurred(report, _, value):
    was = report.told_from
    report.occurred_from, report.told_from, report.clock_mark = value.at, value.told, value.mark.value
    report.policing_day = policing_day(value.at)
    report.area = area_of(report.district, value.at) if report.district_id else None
    if report.occurred_to and report.occurred_to < value.at:
        raise Refused("The report says that it ended before then. Correct the end first, or give an earlier time.")
    report.save(update_fields=["occurred_from", "told_from", "clock_mark", "policing_day", "area"])
    return was, value.told


def _conducts(report, assault, value):
    if not value:
        raise Refused("Choose at least one thing that was done.")
    was = ", ".join(row.label for row in assault.conducts.order_by("order"))
    assault.conducts.set(value)
    assault.kind = kind_of({row.kind for row in value})
    assault.save(update_fields=["kind"])
    return was, ", ".join(row.label for row in sorted(value, key=lambda row: row.order))


def _injury(report, assault, value):
    was = assault.get_injury_display() or "not given"
    assault.injury = value
    assault.save(update_fields=["injury"])
    return was, assault.get_injury_display()


_CORRECTIONS = {
    "place_type": _place_type,
    "district": _district,
    "occurred": _occurred,
    "conducts": _conducts,
    "injury": _injury,
}
