"""Every door of a report after submission: the stranger, the refused, the success."""

import re
from datetime import timedelta
from itertools import cycle

import pytest
import time_machine

from campion import references
from campion.models import AuditEvent
from reports import actions
from reports.models import Incident
from tests import people, world
from tests.reports.browsing import read
from tests.reports.cast import Cast
from tests.stage import once
from tests.world import MONDAY, fresh

pytestmark = pytest.mark.django_db

NOW = MONDAY + timedelta(hours=2)

DOORS = {
    "": {},
    "who-looked/": {},
    "add/": {"body": "More."},
    "withdraw/": {"reason": "A mistake."},
    "take-over/": {"": ""},
    "who-must-not-see/": {"words": "Standby", "find": "1"},
    "few-readers/": {"": ""},
    "return/": {"reason": "Say where."},
    "accept/": {"": ""},
    "officer/": {"words": "Finder", "find": "1"},
    "contact/1/": {"how": "phone"},
    "correct/": {},
    "correct/place_type/": {"answer": "1", "reason": "Seen on video."},
    "correct/injury/1/": {"answer": "none", "reason": "They said so."},
    "merge/": {"reference": "AR-7K3M-92QF"},
}
"""Each door below /reports/<reference>/, and what a POST to it carries; none for a door that is only read."""
WRITERS = ("who-looked/", "add/", "withdraw/", "who-must-not-see/")
REVIEWERS = ("return/", "accept/", "officer/", "contact/1/", "correct/", "correct/place_type/", "merge/")
STRANGERS = ("stranger", "neighbour", "conflicted", "foreigner", "inspector", "governor")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@once
def cast():
    return Cast()


def at(cast, path=""):
    return f"/reports/{cast.reference}/{path}"


def bare(response, *words):
    """The body of a page without what differs by the hour or by the reference itself."""
    text = response.content.decode()
    for word in words:
        text = text.replace(word, "")
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)
    text = re.sub(r'data-[a-z-]+="\d+"', "", text)
    return re.sub(r'name="held" value="[^"]*"', "", text)


def test_to_a_stranger_a_report_is_as_one_that_never_was(cast):
    unknown = references.make("AR")
    clients = {who: people.signed_in(getattr(cast, who)) for who in STRANGERS}
    tried = [(who, "", "get") for who in STRANGERS]  # each at the front door, and the other doors in turn
    sends = [(path, send) for path, posted in DOORS.items() for send in (("get", "post") if posted else ("get",))]
    tried += [(who, *one) for who, one in zip(cycle(STRANGERS), sends, strict=False)]
    for who, path, send in tried:
        real = getattr(clients[who], send)(at(cast, path), DOORS[path])
        never = getattr(clients[who], send)(f"/reports/{unknown}/{path}", DOORS[path])
        assert real.status_code == never.status_code == 404, (who, path, send)
        assert bare(real, cast.reference) == bare(never, unknown), (who, path, send)
        assert not cast.shown_in(real.content.decode())
    report = Incident.objects.get(pk=cast.incident.pk)
    assert (report.status, report.notes.count()) == ("submitted", 3)
    assert not AuditEvent.objects.filter(object_id=cast.reference, outcome="seen").exists()
    assert AuditEvent.objects.filter(outcome="refused", object_type="incident").exclude(object_id="").exists()


def test_nobody_comes_in_without_signing_in(client, cast):
    for path, posted in DOORS.items():
        for send in ("get", "post") if posted else ("get",):
            response = getattr(client, send)(at(cast, path), posted)
            assert response.status_code == 302 and "/sign-in/" in response["Location"], path


def test_who_may_see_it_and_not_do_it_reads_a_sentence(cast):
    writer, supervisor = people.signed_in(cast.writer), people.signed_in(cast.supervisor)
    colleague, officer = people.signed_in(cast.colleague), people.signed_in(cast.officer)
    tried = [(writer, path) for path in REVIEWERS] + [(officer, path) for path in REVIEWERS]
    tried += [(supervisor, path) for path in ("add/", "withdraw/", "take-over/", "who-must-not-see/")]
    tried += [(writer, "take-over/"), (colleague, "withdraw/"), (colleague, "accept/"), (officer, "add/")]
    for client, path in tried:
        response = client.post(at(cast, path), DOORS[path]) if DOORS[path] else client.get(at(cast, path))
        assert response.status_code == 403, path
        assert "You may not" in response.content.decode(), path
    assert supervisor.get(at(cast, "who-looked/")).status_code == 404
    assert officer.get(at(cast, "who-looked/")).status_code == 404
    report = Incident.objects.get(pk=cast.incident.pk)
    assert (report.status, report.notes.count(), report.restricted) == ("submitted", 3, False)
    assert AuditEvent.objects.filter(outcome="refused", object_id=cast.reference, reason_code="not-allowed").exists()


def test_every_page_shows_only_what_its_reader_may_read(cast):
    from tests.reports.test_reading import GRANTED

    for who, granted in GRANTED.items():
        client = people.signed_in(getattr(cast, who))
        assert cast.shown_in(client.get(at(cast)).content.decode()) == granted, who
        for path in filter(None, DOORS) if who != "second" else ():  # who reads all that the first supervisor reads
            assert cast.shown_in(client.get(at(cast, path)).content.decode()) <= granted, (who, path)


def test_a_look_is_written_down_with_its_parts_and_people(cast):
    people.signed_in(cast.supervisor).get(at(cast))
    line = AuditEvent.objects.filter(object_id=cast.reference, outcome="seen").get()
    assert (line.action, line.actor_id) == ("look", cast.supervisor.pk)
    assert {"core", "narrative", "detail", "suspect", "evidence", "notes", "band", "case"} == set(line.facets)
    assert set(line.subject_ids) == {cast.writer.pk, cast.colleague.pk}


# Successes -----------------------------------------------------------------------------------------------------------


def test_a_supervisor_asks_for_changes_and_the_writer_reads_why(cast):
    client = people.signed_in(cast.supervisor)
    wrong = client.post(at(cast, "return/"), {"reason": "  "})
    assert wrong.status_code == 422 and "Say what should be changed." in wrong.content.decode()
    assert client.post(at(cast, "return/"), {"reason": "Say where it was."}).status_code == 302
    page = people.signed_in(cast.writer).get(at(cast)).content.decode()
    assert "A supervisor asked for changes" in page and "Say where it was." in page
    assert "Change your answers" in page


def test_a_report_is_accepted_once_and_the_second_supervisor_reads_so(cast):
    first, second = people.signed_in(cast.supervisor), people.signed_in(cast.second)
    assert second.get(at(cast, "accept/")).status_code == 200
    assert first.post(at(cast, "accept/")).status_code == 302
    late = second.post(at(cast, "accept/"))
    assert late.status_code == 409
    page = late.content.decode()
    assert "is now “Accepted”" in page and f"Sergeant {cast.supervisor.name}" in page
    assert Incident.objects.get(pk=cast.incident.pk).accepted_by_id == cast.supervisor.pk


def test_what_was_typed_is_shown_when_it_comes_too_late(cast):
    actions.accept(incident=cast.incident, by=fresh(cast.second), at=NOW)
    late = people.signed_in(cast.supervisor).post(at(cast, "return/"), {"reason": "Words that took a while."})
    assert late.status_code == 409 and "Words that took a while." in late.content.decode()


def test_the_writer_adds_and_takes_back(cast):
    client = people.signed_in(cast.writer)
    assert client.post(at(cast, "add/"), {"body": ""}).status_code == 422
    assert client.post(at(cast, "add/"), {"body": "He is known.", "about": "2"}).status_code == 302
    assert cast.part(2).notes.get().kind == "addendum"
    assert client.post(at(cast, "withdraw/"), {"reason": "Wrong person."}).status_code == 302
    assert Incident.objects.get(pk=cast.incident.pk).status == "withdrawn"


def test_a_note_about_nobody_in_the_report_is_refused(cast):
    response = people.signed_in(cast.writer).post(at(cast, "add/"), {"body": "More.", "about": "77"})
    assert response.status_code == 422


def test_the_person_assaulted_takes_their_part_over(cast):
    client = people.signed_in(cast.colleague)
    assert "Make your part your own" in client.get(at(cast)).content.decode()
    assert client.post(at(cast, "take-over/")).status_code == 302
    assert cast.part(2).taken_over_by_id == cast.colleague.pk
    assert client.post(at(cast, "take-over/")).status_code == 403


def test_somebody_is_kept_out_and_loses_it_at_once(cast):
    client, kept_out = people.signed_in(cast.colleague), people.signed_in(cast.second)
    assert kept_out.get(at(cast)).status_code == 200
    found = client.post(at(cast, "who-must-not-see/"), {"words": "Standby", "find": "1"})
    assert found.status_code == 200 and cast.second.staff_number in found.content.decode()
    nobody = client.post(at(cast, "who-must-not-see/"), {"words": "zzzz", "find": "1"})
    assert nobody.status_code == 422 and "Nobody in your force was found" in nobody.content.decode()
    forged = {"words": "Standby", "person": str(cast.foreigner.pk)}
    assert client.post(at(cast, "who-must-not-see/"), forged).status_code == 422
    chosen = {"words": "Standby", "person": str(cast.second.pk)}
    assert client.post(at(cast, "who-must-not-see/"), chosen).status_code == 302
    assert kept_out.get(at(cast)).status_code == 404


def test_a_report_is_closed_to_all_but_a_few(cast):
    second = people.signed_in(cast.second)
    assert people.signed_in(cast.writer).post(at(cast, "few-readers/")).status_code == 302
    report = Incident.objects.get(pk=cast.incident.pk)
    assert report.restricted and report.named_readers.count() == 1
    left_out = cast.second if report.named_readers.get().user_id == cast.supervisor.pk else cast.supervisor
    assert people.signed_in(left_out).get(at(cast)).status_code == 404
    assert second.get("/reports/queue/").status_code == 200


def test_the_officer_in_the_case_is_found_and_named_and_some_are_refused(cast):
    client = people.signed_in(cast.supervisor)

    def name(person, **more):
        posted = {"words": person.staff_number, "person": str(person.pk), **more}
        return client.post(at(cast, "officer/"), posted)

    assaulted = name(cast.colleague)
    assert assaulted.status_code == 422 and "was assaulted in this incident" in assaulted.content.decode()
    assert "may not investigate" in name(cast.conflicted).content.decode()
    manager = name(cast.supervisor)
    assert manager.status_code == 422 and "manages somebody who was assaulted" in manager.content.decode()
    assert name(cast.supervisor, set_aside_reason="Nobody else is on duty.").status_code == 302
    assert name(cast.stranger).status_code == 302
    assert people.signed_in(cast.stranger).get(at(cast)).status_code == 200
    assert people.signed_in(cast.officer).get(at(cast)).status_code == 404


def test_first_contact_is_recorded_for_one_person(cast):
    client = people.signed_in(cast.supervisor)
    assert client.post(at(cast, "contact/2/"), {}).status_code == 422
    assert client.post(at(cast, "contact/2/"), {"how": "in-person"}).status_code == 302
    done = {task.assault.position: bool(task.done_at) for task in cast.incident.tasks.filter(kind="first-contact")}
    assert done == {1: False, 2: True}
    assert client.get(at(cast, "contact/9/")).status_code == 404
    again = client.post(at(cast, "contact/2/"), {"how": "phone"})
    assert again.status_code == 422 and "recorded this contact already" in again.content.decode()


def test_a_coded_answer_is_corrected_and_the_first_words_stay(cast):
    client = people.signed_in(cast.supervisor)
    page = client.get(at(cast, "correct/place_type/"))
    street = re.search(r'value="(\d+)"[^>]*>\s*<label[^>]*>\s*Street or road', page.content.decode())[1]
    assert client.post(at(cast, "correct/place_type/"), {"answer": street}).status_code == 422
    sent = client.post(at(cast, "correct/place_type/"), {"answer": street, "reason": "The video shows it."})
    assert sent.status_code == 302
    report = Incident.objects.get(pk=cast.incident.pk)
    assert (report.place_type.code, report.narrative) == ("street", cast.markers["narrative"])
    shown = people.signed_in(cast.writer).get(at(cast)).content.decode()
    assert "Corrected: kind of place" in shown and "“Pub, club or bar” became “Street or road”" in shown
    for path, answer in (
        ("district/", {"answer": "none"}),
        ("conducts/2/", {"answer": ["kick", "spit"]}),
        ("injury/2/", {"answer": "none"}),
        ("occurred/", {"on-day": "20", "on-month": "12", "on-year": "2026", "time": "23:30"}),
    ):
        sent = client.post(at(cast, f"correct/{path}"), answer | {"reason": "It was so."})
        assert sent.status_code == (422 if path == "district/" else 302), path
    assert cast.part(2).kind == "physical"
    assert Incident.objects.get(pk=cast.incident.pk).told_from == "2026-12-20 23:30"


@pytest.mark.parametrize(
    "path",
    [
        "correct/narrative/",
        "correct/injury/",
        "correct/injury/7/",
        "correct/district/1/",
        "contact/99999999999999999999/",
    ],
)
def test_a_door_that_leads_nowhere_is_not_found(cast, path):
    client = people.signed_in(cast.supervisor)
    assert client.get(at(cast, path)).status_code == 404
    assert client.post(at(cast, path), {"answer": "x", "reason": "y", "how": "phone"}).status_code in (404, 422)


def test_a_correction_of_the_time_asks_which_hour_and_refuses_the_future(cast):
    client = people.signed_in(cast.supervisor)
    night = {"on-day": "25", "on-month": "10", "on-year": "2026", "time": "01:30", "reason": "The log says so."}
    asked = client.post(at(cast, "correct/occurred/"), night)
    assert asked.status_code == 422 and "That hour came twice" in asked.content.decode()
    future = client.post(at(cast, "correct/occurred/"), night | {"on-day": "21", "on-month": "12", "time": "23:00"})
    assert future.status_code == 422 and "must be in the past" in future.content.decode()
    assert client.post(at(cast, "correct/occurred/"), night | {"which": "second"}).status_code == 302


def test_two_reports_of_one_event_are_compared_and_merged(cast):
    other = world.make_submitted_incident(cast.stranger, conducts=[["punch"]], at=MONDAY + timedelta(minutes=30))
    client = people.signed_in(cast.supervisor)
    assert other.reference in client.get(at(cast, "merge/")).content.decode()
    itself = client.post(at(cast, "merge/"), {"reference": cast.reference})
    assert itself.status_code == 422 and "That is this report" in itself.content.decode()
    nothing = client.post(at(cast, "merge/"), {"reference": "nonsense"})
    assert nothing.status_code == 422 and "That is not a reference" in nothing.content.decode()
    unknown = client.post(at(cast, "merge/"), {"reference": references.make("AR")})
    assert unknown.status_code == 422 and "There is no report" in unknown.content.decode()
    beside = client.post(at(cast, "merge/"), {"other": other.reference})
    assert beside["Location"] == at(cast, f"merge/{other.reference}/")
    page = client.get(beside["Location"])
    assert page.status_code == 200 and "What merging does" in page.content.decode()
    assert client.post(beside["Location"], {"stays": cast.reference}).status_code == 422
    sent = client.post(beside["Location"], {"stays": cast.reference, "reason": "Same call."})
    assert sent.status_code == 302
    ended = Incident.objects.get(pk=other.pk)
    assert (ended.status, ended.merged_into_id) == ("merged", cast.incident.pk)
    assert people.signed_in(cast.stranger).get(ended.get_absolute_url()).status_code == 200
    assert client.get(at(cast, f"merge/{other.reference}/")).status_code == 409
    assert client.get(at(cast, f"merge/{references.make('AR')}/")).status_code == 404


def test_typing_is_kept_on_the_way(cast):
    client = people.signed_in(cast.supervisor)
    hidden, _ = read(client.get(at(cast, "return/")))
    saved = client.post("/typed/", hidden | {"reason": "Half a sen"}, headers={"X-Autosave": "1"})
    assert "saved_at" in saved.json()
    assert "Half a sen" in client.get(at(cast, "return/")).content.decode()
    client.post(at(cast, "return/"), {"reason": "Half a sentence."})
    assert "Half a sen" not in people.signed_in(cast.second).get(at(cast, "return/")).content.decode()


@pytest.mark.parametrize(
    "text",
    ["\ud800", "a\x00b", "[" * 100_000, "9" * 5000, "‮" * 50, "x" * 200_000],
    ids=["surrogate", "NUL", "brackets", "digits", "right-to-left", "long"],
)
def test_bad_input_is_refused_with_a_sentence(cast, text):
    client = people.signed_in(cast.supervisor)
    value = "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass"))
    for path, field in (
        ("return/", "reason"),
        ("officer/", "words"),
        ("merge/", "reference"),
        ("correct/injury/1/", "answer"),
    ):
        response = client.post(
            at(cast, path),
            data=f"{field}={value}",
            content_type="application/x-www-form-urlencoded",
        )
        assert 400 <= response.status_code < 500, (path, response.status_code)
