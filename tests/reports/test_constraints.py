"""What Postgres itself refuses, each named constraint broken once: past the actions, as a fault in them would."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from campion.models import BankHoliday, Delivery, KeptForm, Membership, Message, Unit, User
from campion.roles import Role
from reports.models import (
    Assault,
    Conflict,
    DistrictArea,
    Evidence,
    Incident,
    NamedReader,
    SourceReference,
    Suspect,
    Task,
    Version,
    Witness,
)
from tests import world
from tests.stage import once
from tests.world import MONDAY

pytestmark = pytest.mark.django_db


class Scene:
    """A submitted report and those around it."""

    def __init__(self):
        self.place = world.make_force()
        self.supervisor = world.make_person(self.place.team, Role.SUPERVISOR)
        self.officer = world.make_person(self.place.team)
        self.colleague = world.make_person(self.place.team)
        self.report = world.make_submitted_incident(
            self.officer, colleagues=[self.colleague], conducts=[["punch"], ["spit"]]
        )
        self.row = Incident.objects.filter(pk=self.report.pk)
        self.assaults = Assault.objects.filter(incident=self.report)
        self.first = self.assaults.get(position=1)


@once
def scene():
    return Scene()


def evidence(scene, **fields):
    return Evidence.objects.create(
        incident=scene.report, content_type="image/jpeg", size=1, sha256="0" * 64, added_at=MONDAY,
        added_by=scene.officer, **fields,
    )  # fmt: skip


def reader(scene, **fields):
    return NamedReader.objects.create(
        **{"incident": scene.report, "user": scene.supervisor, "by_rule": True, "proposed_at": MONDAY,
           "approved_at": MONDAY} | fields
    )  # fmt: skip


def twice(make):
    def both(scene):
        make(scene)
        make(scene)

    return both


def message(scene):
    return Message.objects.create(kind="x", to=scene.officer, once=str(uuid.uuid4()), created_at=MONDAY)


def two_deliveries(scene):
    one = message(scene)
    for _ in range(2):
        Delivery.objects.create(message=one, next_try_at=MONDAY)


def two_areas(scene):
    row = DistrictArea.objects.first()
    DistrictArea.objects.create(district=row.district, area=row.area, from_on=row.from_on)


BROKEN = {
    "incident_status_is_known": lambda s: s.row.update(status="lost"),
    "incident_is_submitted_unless_draft": lambda s: s.row.update(submitted_at=None, submitted_by=None),
    "incident_accepted_says_when": lambda s: s.row.update(status="accepted"),
    "incident_accepted_by_somebody_else": lambda s: s.row.update(accepted_at=MONDAY, accepted_by=s.officer),
    "incident_merged_says_into_which": lambda s: s.row.update(status="merged"),
    "incident_not_merged_into_itself": lambda s: s.row.update(status="merged", merged_into=s.report),
    "incident_ends_after_it_starts": lambda s: s.row.update(occurred_to=MONDAY - timedelta(days=2)),
    "incident_submitted_has_a_time": lambda s: s.row.update(occurred_from=None, policing_day=None),
    "incident_policing_day_with_its_time": lambda s: s.row.update(policing_day=None),
    "incident_submitted_at_and_by_together": lambda s: s.row.update(submitted_by=None),
    "incident_returned_at_and_by_together": lambda s: s.row.update(returned_at=MONDAY),
    "incident_accepted_at_and_by_together": lambda s: s.row.update(accepted_by=s.supervisor),
    "incident_withdrawn_at_and_by_together": lambda s: s.row.update(withdrawn_at=MONDAY),
    "incident_merged_at_and_by_together": lambda s: s.row.update(merged_at=MONDAY),
    "assault_position_once": lambda s: s.assaults.update(position=1),
    "assault_person_once_in_an_incident": lambda s: s.assaults.update(person=s.officer),
    "assault_names_somebody": lambda s: s.assaults.update(person=None),
    "assault_taken_over_at_and_by_together": lambda s: s.assaults.update(taken_over_at=MONDAY),
    "assault_taken_over_by_the_person": lambda s: s.assaults.update(taken_over_at=MONDAY, taken_over_by=s.supervisor),
    "assault_kind_is_known": lambda s: s.assaults.update(kind="rude"),
    "suspect_position_once": twice(lambda s: Suspect.objects.create(incident=s.report, position=1, known="unknown")),
    "source_reference_once": twice(
        lambda s: SourceReference.objects.create(incident=s.report, kind="crime", value="1")
    ),
    "evidence_file_once_a_report": twice(evidence),
    "evidence_removed_at_and_by_together": lambda s: evidence(s, removed_at=MONDAY),
    "witness_names_somebody": lambda s: Witness.objects.create(incident=s.report),
    "version_number_once": lambda s: Version.objects.create(
        incident=s.report, number=1, submit_key=uuid.uuid4(), content_hash="x", by=s.officer, at=MONDAY
    ),
    "conflict_once": twice(
        lambda s: Conflict.objects.create(incident=s.report, user=s.supervisor, why="named", by=s.officer, at=MONDAY)
    ),
    "named_reader_once": twice(reader),
    "named_reader_takes_two_people": lambda s: reader(
        s, by_rule=False, proposed_by=s.officer, approved_by=s.officer, approved_at=MONDAY
    ),
    "named_reader_removed_at_and_by_together": lambda s: reader(s, removed_at=MONDAY),
    "task_once_an_assault": lambda s: Task.objects.update(kind="first-contact", assault=s.first),
    "task_done_at_and_by_together": lambda s: Task.objects.update(done_at=MONDAY),
    "user_nobody_is_superuser": lambda s: User.objects.update(is_superuser=True),
    "user_email_is_lower_case": lambda s: User.objects.filter(pk=s.officer.pk).update(email="UPPER@x.test"),
    "user_staff_number_once_in_a_force": lambda s: User.objects.filter(force=s.place.force).update(staff_number="1"),
    "unit_code_once_in_a_force": lambda s: Unit.objects.filter(force=s.place.force).update(code="same"),
    "membership_once_from_a_day": lambda s: Membership.objects.create(
        user=s.supervisor, role="supervisor", unit=s.place.team, from_on=date(2020, 1, 1)
    ),
    "bank_holiday_once_in_a_nation": twice(
        lambda s: BankHoliday.objects.create(nation="scotland", on=date(2090, 1, 1), name="x")
    ),
    "kept_form_once_a_page": twice(lambda s: KeptForm.objects.create(user=s.officer, path="/x/", at=MONDAY)),
    "delivery_once_a_channel": two_deliveries,
    "delivery_sent_says_when": lambda s: Delivery.objects.create(message=message(s), next_try_at=MONDAY, state="sent"),
    "delivery_reference_once": twice(
        lambda s: Delivery.objects.create(message=message(s), next_try_at=MONDAY, reference=uuid.UUID(int=1))
    ),
    "delivery_asks_after_what_was_taken": lambda s: Delivery.objects.create(
        message=message(s), next_try_at=MONDAY, state="sent", sent_at=MONDAY, ask_at=MONDAY
    ),
    "district_in_one_area_from_a_day": two_areas,
}


def test_postgres_refuses_each_by_its_name(scene):
    for name, broken in BROKEN.items():
        with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
            broken(scene)
