"""What every action on a report does first and last: lock, check, and write the audit line."""

from contextlib import contextmanager

import pghistory
from django.db import transaction

from campion import audit
from campion.workflow import Refused
from reports.content import with_people
from reports.models import Incident
from reports.workflow import incident_workflow


@contextmanager
def changing(incident, verb, *, by, reason="", recorded="", among="visible_to", code=""):
    """Lock an incident for one verb, give it to the caller to change, and record that it was done.

    :param recorded: what the log calls it, if not by the verb
    :param among: the name of the adjective by which this person may know it (`IncidentQuerySet`)
    :param code: a code that the log keeps with it
    :raises Refused: if this person may not do that to it, or not now, or may not know it
    """
    with transaction.atomic(), pghistory.context(user=by.pk):
        # Locked first and read afterwards: what was committed while this waited, such as a conflict, counts.
        list(Incident.objects.select_for_update().filter(pk=incident.pk).values_list("pk"))
        locked = with_people(getattr(Incident.objects, among)(by)).filter(pk=incident.pk).first()
        if locked is None:
            raise Refused("There is no such report.")
        incident_workflow.check(verb, by, locked, reason=reason)
        yield locked
        record(recorded or verb, locked, by=by, reason_code=code)


def record(verb, incident, *, by, reason_code=""):
    """Write the audit line of a change to an incident: keys and codes, no words."""
    audit.record(
        verb.replace(" ", "_"),
        by=by,
        object_type="incident",
        object_id=incident.reference,
        subject_ids=[assault.person_id for assault in incident.assaults.all() if assault.person_id],
        reason_code=reason_code,
    )
