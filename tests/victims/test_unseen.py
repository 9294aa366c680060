"""Unseen is unknown: every address of the support area answers a stranger to a case as if it had never existed.

Whatever takes a reference or a key is asked for one that there is and for one that there is not, and the bytes are
compared. The addresses are read from the URLs and the keys from whatever hangs on a case, so that a new one is tried
by itself. Before the comparison three things are made alike in both answers, since they differ between any two
requests: the reference or key itself, the CSRF token, and the token by which a form is held when its session ends.
"""

import itertools
import re
import uuid
from datetime import timedelta

import pytest
from django.apps import apps
from django.urls import get_resolver, reverse
from time_machine import travel

from campion import references
from campion.models import AuditEvent
from campion.roles import Role
from reports.models import Conflict
from tests import world
from tests.people import signed_in
from tests.stage import once
from tests.victims.cases import MONDAY, assault_of, fresh, offer_to
from tests.victims.test_desk import lead_of
from victims import actions, models
from victims.models import Clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
NOON = MONDAY + timedelta(hours=9)
METHODS = ("get", "post")
ADDRESSES = next(
    row for row in get_resolver().url_patterns if getattr(row, "namespace", None) == "victims"
).url_patterns


TRIED = {"reference", "key", "number"}
"""What an address may take. A number is one within the case of the reference."""
TAKING = [row for row in ADDRESSES if row.pattern.converters]
REPORTS = {"plan"}
"""What is asked for by a report's reference; with that of a case it is unknown to everybody."""


def test_every_address_that_takes_something_is_tried():
    others = {row.name for row in TAKING if not set(row.pattern.converters) <= TRIED}
    assert not others, f"these take something that this test does not know: {sorted(others)}"
    assert {"referral", "claim", "hand-over", "release", "close", "reopen", "choose"} <= {row.name for row in TAKING}


def paths(row, **given):
    return reverse(f"victims:{row.name}", kwargs={name: given[name] for name in row.pattern.converters})


@pytest.fixture
def at_noon():
    with travel(NOON, tick=False):
        yield


@once
def case():
    """A case that is carried, with one of everything that hangs on a case; and its place and carrier."""
    place = world.make_force()
    offer = offer_to(world.make_person(place.team, Role.REPORTER), support="yes")
    ann, ben = (world.make_person(place.root, Role.WELFARE) for _ in range(2))
    actions.claim(referral=offer, by=ann, at=NOON)
    lead = lead_of(place.root)
    actions.reassign(references=[offer.reference], from_whom=ann, to=ben, by=lead, at=NOON)
    clock = Clock.objects.get(referral=offer, entitlement__code="referral")
    by = {"added_at": NOON, "added_by": ben}
    service = models.SupportService.objects.order_by("pk").first()
    consent = models.Consent.objects.create(referral=offer, service=service, how="self", given_at=NOON, recorded_by=ben)
    models.OnwardReferral.objects.create(referral=offer, service=service, consent=consent, sent_at=NOON, sent_by=ben)
    models.Goal.objects.create(referral=offer, words="Sleep", **by)
    models.Appointment.objects.create(referral=offer, meets_at=NOON, **by)
    models.RelatedPerson.objects.create(referral=offer, name="Pat", relation="partner", **by)
    models.Representative.objects.create(referral=offer, name="Rob", kind="union", **by)
    models.Contact.objects.create(
        referral=offer, happened_at=NOON, channel="call", outcome="spoke", entered_at=NOON, entered_by=ben
    )
    models.Complaint.objects.create(referral=offer, words="Late", made_at=NOON, made_by=offer.person, clock=clock)
    return offer, place, ben


def keys_of(offer):
    """Give a key of each kind of row that hangs on this case: {kind: key}. A duty is one of the desk's."""
    found = {"Handover": offer.handovers.get().key}
    for model in apps.get_app_config("victims").get_models():
        fields = {field.name for field in model._meta.get_fields()}
        if {"key", "referral"} <= fields:
            rows = model.objects.filter(referral=offer)
            if model is Clock:
                rows = rows.filter(owed_by="welfare")
            row = rows.first()
            assert row, f"make a {model.__name__} hang on the case above, so that its key is tried"
            found[model.__name__] = row.key
    return found


def conflicted(place, offer):
    person = world.make_person(place.root, Role.WELFARE)
    incident = assault_of(offer).incident
    Conflict.objects.create(incident=incident, user=person, why="named", by=offer.person, at=NOON)
    return person


STRANGERS = {
    "a supervisor of the unit": lambda place, offer: world.make_person(place.team, Role.SUPERVISOR),
    "a colleague": lambda place, offer: world.make_person(place.team, Role.REPORTER),
    "an inspector": lambda place, offer: world.make_person(place.root, Role.INSPECTOR),
    "the commissioner's office": lambda place, offer: world.make_person(place.root, Role.PCC),
    "the desk of another force": lambda place, offer: lead_of(world.make_force("elsewhere").root),
    "somebody of the desk with a conflict": conflicted,
}
AT_EVERY_ADDRESS = ("a supervisor of the unit", "somebody of the desk with a conflict")
"""Who tries every address: one without a desk, and one with. The others share the addresses among them."""
VARYING = re.compile(rb'(name="(?:csrfmiddlewaretoken|held)" value=")[^"]*')


def answer(client, method, path, *own):
    """Give what a stranger can tell of an answer, with what differs between any two requests made alike."""
    response = getattr(client, method)(path)
    body = VARYING.sub(rb"\1", response.content)
    for text in own:
        body = body.replace(str(text).encode(), b"") if text != 1 else body
    return response.status_code, response.headers.get("Location"), response.headers["Content-Type"], body


@pytest.mark.parametrize("stranger", STRANGERS, ids=list(STRANGERS))
def test_a_stranger_cannot_tell_a_case_from_none(case, stranger):
    offer, place, ben = case
    client = signed_in(STRANGERS[stranger](place, offer))
    client.get("/support/")  # the first request of a session also writes its clock
    before = AuditEvent.objects.latest("id").pk
    unknown, no_key = references.make("SU"), uuid.uuid4()
    keys = keys_of(offer)
    kinds = list(keys) if stranger == "a supervisor of the unit" else ["Clock"]
    nobodys = {"reference": unknown, "key": no_key, "number": 1}
    others = [who for who in STRANGERS if who not in AT_EVERY_ADDRESS]
    share = TAKING[others.index(stranger) :: len(others)] if stranger in others else TAKING
    for row, method in itertools.product(share, METHODS):
        of_none = answer(client, method, paths(row, **nobodys), *nobodys.values())
        assert of_none[0] in (404, 405), (row.name, method)
        for kind in kinds if "key" in row.pattern.converters and of_none[0] == 404 else kinds[:1]:
            known = {"reference": offer.reference, "key": keys[kind], "number": 1}
            theirs = answer(client, method, paths(row, **known), *known.values())
            assert theirs == of_none, (row.name, kind, method)
    after = AuditEvent.objects.filter(id__gt=before)
    assert not after.filter(object_id__in=[offer.reference, *map(str, keys.values())]).exists()
    assert not after.filter(subject_ids__contains=[offer.person_id]).exists()
    assert fresh(offer).owner == ben


def test_those_who_may_know_of_it_are_answered(case):
    """The addresses above do lead somewhere: for its person, for whoever carries it, or for the rest of the desk."""
    offer, place, ben = case
    clients = [signed_in(person) for person in (offer.person, ben, world.make_person(place.root, Role.WELFARE))]
    for row in TAKING:
        if set(row.pattern.converters) == {"reference"}:
            found = {client.get(paths(row, reference=offer.reference)).status_code for client in clients}
            assert row.name in REPORTS or found - {404}, row.name
