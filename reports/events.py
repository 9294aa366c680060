"""What reports announces, inside the transaction that did it. Whoever must react listens; a fault there undoes it.

Sent with `send`, never `send_robust`: an offer of support that fails takes the submission back too.
"""

from django.dispatch import Signal

incident_submitted = Signal()
"""incident, by, at. Sent at each submission, the first and those after a return: receivers offer support once."""

incidents_merged = Signal()
"""incident (the one that stays), merged (the one that ends), pairs (of its assaults with those that stay), by, at."""

incident_withdrawn = Signal()
"""incident, by, at. Support that was offered stays offered."""

assault_changed = Signal()
"""assault, by, at. After submission, what was done to this person, or whether and how they were hurt or exposed, was
corrected or answered: how urgent their support is, and whether they were exposed, may be another now. Sent in the
transaction that changed it, once the report's own rows are written."""

assault_taken_over = Signal()
"""assault, by, at. The person assaulted made the report about them their own."""

people_named = Signal()
"""incident, by, at. A conflict or restriction changed who may see the incident."""

case_event_entered = Signal()
"""event (CaseEvent: kind, incident, assault or None, happened_at, received_at, `triggers`, `people()`), by, at. Sent
once for each event, in the transaction that entered it."""

case_event_struck = Signal()
"""event, by, at. It was entered wrongly and is struck out: `event.triggers` is empty now."""

first_contact_made = Signal()
"""assault, task (done, with `how`), by, at. A supervisor spoke to the person assaulted, or offered to."""

officer_assigned = Signal()
"""incident, officer, by, at. Sent at each change of the officer in the case."""

duty_status_changed = Signal()
"""assault, by, at. A duty was entered for somebody assaulted, or struck out."""
