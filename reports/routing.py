"""Whose supervisors review a report, and who is first on the list of a restricted one (docs/adr/0005-routing.md)."""

from campion.models import Membership, User
from campion.roles import Role
from campion.working_days import london_date
from reports.models import Conflict


def reviewer_for(incident, *, at):
    """Give the membership of the supervisor nearest to a report who may review it, or None if the force has none.

    From the unit of the first person assaulted (or of who filed it) upwards to the force: the first unit with a
    supervisor who neither filed the report, nor was assaulted in it, nor has a conflict. So a supervisor who is
    involved or named is passed over for a colleague in the same unit, else for the unit above: the alternate.
    """
    people = [assault for assault in incident.assaults.all() if assault.person_id]
    home = (
        next((assault.unit for assault in people if assault.unit_id), None) or incident.reporter.unit or incident.unit
    )
    barred = {incident.reporter_id, *(assault.person_id for assault in people)}
    barred |= set(Conflict.objects.filter(incident=incident, ended_at=None).values_list("user_id", flat=True))
    upwards = [int(key) for key in reversed(home.path.strip("/").split("/"))]
    supervisors = (
        Membership.objects.in_force(london_date(at))
        .filter(role=Role.SUPERVISOR, unit__in=upwards, user__is_active=True, user__force=incident.force_id)
        .exclude(user__in=barred)
        .select_related("unit", "user")
    )
    return min(supervisors, key=lambda row: (upwards.index(row.unit_id), row.from_on, row.pk), default=None)


def people_to_tell(report, *, at):
    """Give those who review a report: the supervisors placed in its unit, or the list of a restricted one."""
    if report.restricted:
        on_list = report.named_readers.filter(removed_at=None, approved_at__isnull=False)
        return list(User.objects.filter(pk__in=on_list.values("user_id")))
    placed = Membership.objects.in_force(london_date(at)).filter(role=Role.SUPERVISOR, unit=report.unit)
    barred = Conflict.objects.filter(incident=report, ended_at=None).values("user_id")
    involved = {report.reporter_id, *(assault.person_id for assault in report.assaults.all())}
    return [
        u for u in User.objects.filter(pk__in=placed.values("user_id")).exclude(pk__in=barred) if u.pk not in involved
    ]


def area_of(district, at):
    """Give the policing area that a district lay in at a moment, or None if no row says."""
    row = district.areas.in_force(london_date(at)).select_related("area").first()
    return row and row.area


def reasons_to_restrict(incident) -> list[str]:
    """Give the codes of why a report is restricted by itself (docs/access.md): empty if it is not.

    "wish" is the wish of somebody involved and stays as it is; the others follow from the facts.
    """
    reasons = {"wish"} & set(incident.restricted_for)
    people = list(incident.assaults.all())
    if any(assault.kind == "sexual" for assault in people):
        reasons.add("sexual")
    if any(assault.person and assault.person.protected_post for assault in people):
        reasons.add("protected-post")
    for suspect in incident.suspects.all():
        if suspect.colleague_id or suspect.relationship == "colleague":
            reasons.add("colleague")
        if suspect.relationship == "personal":
            reasons.add("domestic")
    for codes in incident.merged_from.values_list("restricted_for", flat=True):
        reasons |= set(codes)
    return sorted(reasons)


RESTRICTED_FOR = {
    "wish": "somebody involved asked for it",
    "sexual": "it is a sexual offence",
    "protected-post": "somebody holds a protected post",
    "colleague": "a suspect is a colleague",
    "domestic": "it is a personal matter",
}
"""What each code means, for people who may know it."""
