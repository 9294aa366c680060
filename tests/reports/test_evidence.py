"""Photos and files of a report: adding, checking, the one door by which they leave, and who may open it."""

import io
import time
import uuid
from datetime import timedelta
from functools import cache

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ, Schedule
from PIL import Image

from campion.models import AuditEvent
from campion.roles import Role
from reports import actions, evidence_files, tasks
from reports.models import Evidence
from tests import world
from tests.people import signed_in
from tests.reports.test_evidence_files import GPS, PAYLOAD, REFUSED, camera_data, encoded, picture

pytestmark = pytest.mark.django_db


_rebuild = cache(evidence_files.rebuild)
"""The same photo is made anew once for all tests here: a child process takes a second."""


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path, monkeypatch):
    settings.FILES = tmp_path
    monkeypatch.setattr(evidence_files, "rebuild", _rebuild)


@pytest.fixture
def place():
    return world.make_force()


@pytest.fixture
def officer(place):
    return world.make_person(place.team)


@pytest.fixture
def supervisor(place):
    return world.make_person(place.team, Role.SUPERVISOR)


@pytest.fixture
def report(officer, supervisor):
    return world.make_submitted_incident(officer, at=timezone.now())


def photo(colour="navy", **options):
    return encoded(Image.new("RGB", (80, 60), colour), "JPEG", **options)


def upload(body, name="bruise.jpg", content_type="image/jpeg"):
    return SimpleUploadedFile(name, body, content_type)


def page_of(report, rest=""):
    return f"/reports/{report.reference}/evidence/{rest}"


def post(client, report, *files, **more):
    return client.post(page_of(report), {"files": list(files), **more})


def check_all():
    for row in Evidence.objects.filter(state="received"):
        tasks.check_evidence(row.pk)


def add(report, by, body=None, *, check=True, assault=None, name="bruise.jpg"):
    received = evidence_files.receive(upload(body or photo(exif=camera_data()) + PAYLOAD))
    row = actions.add_evidence(
        incident=report, received=received, name=name, by=world.fresh(by), at=timezone.now(), assault=assault
    )
    if check:
        tasks.check_evidence(row.pk)
    row.refresh_from_db()
    return row


def body_of(response):
    return b"".join(response.streaming_content)


def on_disk(settings):
    return [path for path in settings.FILES.rglob("*") if path.is_file()]


# Adding --------------------------------------------------------------------------------------------------------------


def test_several_photos_are_added_at_once_checked_and_shown(officer, report, settings):
    client = signed_in(officer)
    answer = post(client, report, upload(photo("red"), "one.jpg"), upload(photo("green"), "two.png"), description="Arm")
    assert answer.status_code == 302 and answer["Location"] == page_of(report)
    waiting = client.get(page_of(report)).content.decode()
    assert waiting.count("Being checked") == 2 and "one.jpg" in waiting and "<img" not in waiting
    assert OrmQ.objects.count() >= 2
    check_all()
    shown = client.get(page_of(report)).content.decode()
    assert shown.count("Ready") == 2 and shown.count("<img") == 2
    assert "<bdi>two.png</bdi>" in shown
    assert AuditEvent.objects.filter(action="add_evidence", object_type="evidence", outcome="done").count() == 2


def test_what_came_is_nowhere_in_the_clear(officer, report, settings):
    add(report, officer, photo(exif=camera_data()))
    assert len(on_disk(settings)) == 3
    assert not any(GPS in path.read_bytes() for path in on_disk(settings))
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, description FROM reports_evidence")
        assert "bruise" not in str(cursor.fetchall())


@pytest.mark.parametrize(("body", "code"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_is_refused_names_itself_and_leaves_the_others(officer, report, settings, body, code):
    answer = post(signed_in(officer), report, upload(photo()), upload(body, "bad one.jpg"), description="My left arm")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "bad one.jpg" in page and "There is a problem" in page and "My left arm" in page
    assert Evidence.objects.filter(incident=report).count() == 1 and len(on_disk(settings)) == 1
    assert AuditEvent.objects.filter(outcome="refused", reason_code=code).exists()


def test_a_file_of_21_mb_is_refused_and_the_others_are_kept(officer, report, settings):
    large = upload(photo() + b"\0" * (21 * 1024 * 1024), "large.jpg")
    answer = post(signed_in(officer), report, large, upload(photo("red")))
    assert answer.status_code == 422 and "“large.jpg” is larger than 20 MB" in answer.content.decode()
    assert len(on_disk(settings)) == 1


def test_the_same_file_is_taken_once(officer, report, settings):
    client = signed_in(officer)
    assert post(client, report, upload(photo())).status_code == 302
    answer = post(client, report, upload(photo(), "again.jpg"))
    assert answer.status_code == 422 and "“again.jpg” is in this report already" in answer.content.decode()
    assert len(on_disk(settings)) == 1


def test_the_21st_file_is_refused_and_20_are_kept(officer, report, settings):
    many = [
        upload(encoded(Image.new("RGB", (8, 8), (number, 0, 0)), "PNG"), f"photo {number}.jpg") for number in range(21)
    ]
    answer = post(signed_in(officer), report, *many)
    page = answer.content.decode()
    assert answer.status_code == 422 and "“photo 20.jpg” was not added: a report takes 20 files" in page
    assert Evidence.objects.filter(incident=report).count() == 20 and len(on_disk(settings)) == 20


def test_a_report_takes_so_many_bytes_and_no_more(officer, report, settings):
    settings.EVIDENCE_REPORT_BYTES = len(photo()) + 10
    client = signed_in(officer)
    assert post(client, report, upload(photo())).status_code == 302
    assert post(client, report, upload(photo("red"))).status_code == 422
    assert len(on_disk(settings)) == 1


@pytest.mark.parametrize(
    "name",
    ["../../x.jpg", "C:\\x\\CON.jpg", "a\0b.jpg", "\u202egpj.exe", "x" * 300 + ".jpg", "a\r\nSet-Cookie: x=1.jpg",
     '"><script>alert(1)</script>.jpg', "😀.jpg", "-rf", "half \ud83d.jpg"],
)  # fmt: skip
def test_no_name_breaks_a_page_a_path_or_a_header(officer, report, settings, name):
    row = add(report, officer, name=evidence_files.clean_name(name))
    client = signed_in(officer)
    page = client.get(page_of(report)).content.decode()
    assert "<script>alert" not in page
    answer = client.get(page_of(report, f"{row.key}/"))
    assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment;")
    assert "\n" not in answer["Content-Disposition"] and "Set-Cookie: x=1" not in str(answer.headers.get("Set-Cookie"))
    assert all(str(row.key.hex) in path.name for path in on_disk(settings))


def test_a_page_without_a_file_says_so(officer, report):
    answer = signed_in(officer).post(page_of(report), {"description": "My arm"})
    assert answer.status_code == 422
    assert "Choose a photo or file." in answer.content.decode() and "My arm" in answer.content.decode()


@pytest.mark.parametrize("shows", ["999999", "-1", "x", "9" * 40])
def test_a_forged_part_is_refused(officer, report, shows):
    answer = post(signed_in(officer), report, upload(photo()), shows=shows)
    assert answer.status_code in (400, 422) and not Evidence.objects.exists()


def test_no_more_is_added_or_removed_once_accepted(officer, supervisor, report):
    row = add(report, officer)
    actions.accept(incident=report, by=world.fresh(supervisor), at=timezone.now())
    client = signed_in(officer)
    assert "Add photos" not in client.get(page_of(report)).content.decode()
    assert post(client, report, upload(photo("red"))).status_code == 403
    assert client.post(page_of(report, f"{row.key}/remove/")).status_code == 403
    assert client.get(page_of(report, f"{row.key}/")).status_code == 200


# Removing ------------------------------------------------------------------------------------------------------------


def test_a_file_is_removed_after_one_more_question_and_its_bytes_a_week_later(officer, report, settings, monkeypatch):
    row = add(report, officer)
    client = signed_in(officer)
    assert "bruise.jpg" in client.get(page_of(report, f"{row.key}/remove/")).content.decode()
    assert client.post(page_of(report, f"{row.key}/remove/")).status_code == 302
    assert client.get(page_of(report, f"{row.key}/")).status_code == 404
    assert post(client, report, upload(photo(exif=camera_data()) + PAYLOAD)).status_code == 302  # may come again
    tasks.sweep_evidence()
    assert len(on_disk(settings)) == 4
    _age(settings, days=8)
    Evidence.objects.filter(pk=row.pk).update(removed_at=timezone.now() - timedelta(days=8))
    tasks.sweep_evidence()
    assert not any(row.key.hex in path.name for path in on_disk(settings))
    assert on_disk(settings)


def test_a_supervisor_removes_nothing_that_somebody_else_added(officer, supervisor, report):
    row = add(report, officer)
    assert signed_in(supervisor).post(page_of(report, f"{row.key}/remove/")).status_code == 403
    assert Evidence.objects.get(pk=row.pk).removed_at is None


def _age(settings, days):
    import os

    long_ago = time.time() - days * 86_400
    for path in on_disk(settings):
        os.utime(path, (long_ago, long_ago))


# Checking ------------------------------------------------------------------------------------------------------------


def test_a_polyglot_is_served_as_pixels_alone(officer, report):
    row = add(report, officer, photo(exif=camera_data()) + PAYLOAD)
    answer = signed_in(officer).get(page_of(report, f"{row.key}/"))
    body = body_of(answer)
    assert GPS not in body and b"script" not in body and b"Exif" not in body
    assert answer["Content-Type"] == "image/jpeg" and int(answer["Content-Length"]) == len(body)
    assert Image.open(io.BytesIO(body)).size == (80, 60)


def test_a_cut_photo_is_refused_in_plain_words_and_the_report_goes_on(officer, report):
    row = add(report, officer, encoded(picture((500, 400)), "JPEG")[:2000])
    assert (row.state, row.fault) == ("refused", "damaged")
    page = signed_in(officer).get(page_of(report)).content.decode()
    assert "is damaged or cut short" in page and "Refused" in page
    for door in ("", "thumbnail/", "original/"):
        assert signed_in(officer).get(page_of(report, f"{row.key}/{door}")).status_code == 404


def test_a_check_that_comes_twice_decides_once(officer, report):
    row = add(report, officer)
    tasks.check_evidence(row.pk)
    tasks.check_evidence(999_999_999)
    assert AuditEvent.objects.filter(action="check_evidence").count() == 1


def test_a_lost_task_is_found_by_the_sweep(officer, report):
    row = add(report, officer, check=False)
    tasks.sweep_evidence()
    row.refresh_from_db()
    assert row.state == "received"  # too young to be lost
    Evidence.objects.filter(pk=row.pk).update(added_at=timezone.now() - timedelta(minutes=6))
    tasks.sweep_evidence()
    row.refresh_from_db()
    assert row.state == "clean"
    assert Schedule.objects.filter(func="reports.tasks.sweep_evidence").count() == 1


def test_the_sweep_removes_orphans_after_a_week_and_no_sooner(officer, report, settings):
    row = add(report, officer)
    orphan = evidence_files.receive(upload(photo("red")))
    tasks.sweep_evidence()
    assert len(on_disk(settings)) == 4
    _age(settings, days=8)
    tasks.sweep_evidence()
    assert {path.name.partition(".")[0] for path in on_disk(settings)} == {row.key.hex}
    assert orphan.key.hex not in str(on_disk(settings))


def no_answer(body):
    raise TimeoutError


def test_a_silent_scanner_leaves_the_file_in_quarantine(officer, report, settings):
    settings.EVIDENCE_SCANNER = f"{__name__}.no_answer"
    row = add(report, officer, check=False)
    with pytest.raises(evidence_files.ScannerSilent):
        tasks.check_evidence(row.pk)
    Evidence.objects.filter(pk=row.pk).update(added_at=timezone.now() - timedelta(hours=1))
    tasks.sweep_evidence()
    row.refresh_from_db()
    assert row.state == "received"
    assert signed_in(officer).get(page_of(report, f"{row.key}/")).status_code == 404


# The door ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", ["", "thumbnail/", "original/"])
def test_every_file_leaves_as_an_attachment_that_can_do_nothing(officer, report, door):
    row = add(report, officer)
    answer = signed_in(officer).get(page_of(report, f"{row.key}/{door}"))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Type"] in ("image/jpeg", "application/octet-stream")


def test_the_look_is_in_the_log_before_the_first_byte(officer, supervisor, report):
    row = add(report, officer)
    answer = signed_in(supervisor).get(page_of(report, f"{row.key}/"))
    line = AuditEvent.objects.filter(action="look_evidence").latest("id")  # nothing has been read yet
    assert (line.outcome, line.object_id, line.facets) == ("seen", str(row.key), ["evidence"])
    assert line.subject_ids == [officer.pk]
    answer.close()


def test_a_look_at_ones_own_picture_is_told_to_nobody_but_that_of_its_original_is_kept(officer, report):
    row = add(report, officer)
    for door in ("", "thumbnail/", "original/"):
        body_of(signed_in(officer).get(page_of(report, f"{row.key}/{door}")))
    looks = AuditEvent.objects.filter(object_type="evidence", outcome="seen").values_list("action", flat=True)
    assert list(looks) == ["fetch_original"]


def test_nothing_is_sent_when_the_log_cannot_be_written(officer, supervisor, report, monkeypatch):
    row = add(report, officer)
    client = signed_in(supervisor)

    def broken(*args, **kwargs):
        raise RuntimeError("the log is down")

    monkeypatch.setattr("campion.audit.record", broken)
    with pytest.raises(RuntimeError):
        client.get(page_of(report, f"{row.key}/"))


def test_bytes_that_are_gone_are_a_sentence_and_no_500(officer, report):
    row = add(report, officer)
    evidence_files.discard(row.key)
    answer = signed_in(officer).get(page_of(report, f"{row.key}/"))
    assert answer.status_code == 503 and "cannot be opened at the moment" in answer.content.decode()


def test_a_pdf_is_an_attachment_without_a_picture(officer, report):
    row = add(report, officer, b"%PDF-1.7\n<script>1</script>\n%%EOF", name="letter.html")
    client = signed_in(officer)
    answer = client.get(page_of(report, f"{row.key}/"))
    assert answer["Content-Type"] == "application/pdf" and 'filename="letter.pdf"' in answer["Content-Disposition"]
    assert client.get(page_of(report, f"{row.key}/thumbnail/")).status_code == 404


@pytest.mark.parametrize("door", ["", "thumbnail/", "original/", "remove/"])
def test_another_reports_file_a_guess_and_a_strangers_are_all_unknown(place, officer, report, door):
    row = add(report, officer)
    other = world.make_submitted_incident(world.make_person(place.other_team), at=timezone.now())
    stranger = world.make_person(place.other_team, Role.SUPERVISOR)
    client = signed_in(officer)
    assert client.get(page_of(report, f"{uuid.uuid4()}/{door}")).status_code == 404
    assert client.get(page_of(other, f"{row.key}/{door}")).status_code == 404
    own = world.make_draft(officer, at=timezone.now())
    assert client.get(page_of(own, f"{row.key}/{door}")).status_code == 404
    assert signed_in(stranger).get(page_of(report, f"{row.key}/{door}")).status_code == 404
    assert client.get(f"/reports/{report.reference}/evidence/{row.pk}/{door}").status_code == 404
    assert client.get(f"/reports/{report.reference}/evidence/{{{row.key}}}/{door}").status_code == 404


def test_a_supervisor_sees_the_safe_copy(supervisor, officer, report):
    row = add(report, officer)
    client = signed_in(supervisor)
    assert client.get(page_of(report)).status_code == 200
    assert client.get(page_of(report, f"{row.key}/")).status_code == 200


def test_an_original_asks_a_supervisor_to_sign_in_again_and_say_why(supervisor, officer, report):
    body = photo(exif=camera_data()) + PAYLOAD
    row = add(report, officer, body)
    client = signed_in(supervisor)
    door = page_of(report, f"{row.key}/original/")
    asked = client.get(door)
    assert asked.status_code == 302 and asked["Location"].startswith(reverse("account_reauthenticate"))
    assert client.post(door, {"reason": "disclosure"}).status_code == 302
    assert not AuditEvent.objects.filter(action="fetch_original").exists()
    session = client.session
    session["account_authentication_methods"] += [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session.save()
    assert "Why do you need the original?" in client.get(door).content.decode()
    assert client.post(door, {"reason": "because"}).status_code == 422
    answer = client.post(door, {"reason": "disclosure"})
    assert body_of(answer) == body
    line = AuditEvent.objects.get(action="fetch_original")
    assert (line.actor_id, line.reason_code, line.outcome) == (supervisor.pk, "disclosure", "seen")


def test_whose_file_it_is_gets_the_original_at_once(officer, report):
    body = photo(exif=camera_data()) + PAYLOAD
    row = add(report, officer, body)
    assert body_of(signed_in(officer).get(page_of(report, f"{row.key}/original/"))) == body


def test_the_officer_in_the_case_has_the_safe_copy_alone(place, supervisor, officer, report):
    detective = world.make_person(place.other_team)
    actions.assign_officer(incident=report, officer=detective, by=world.fresh(supervisor), at=timezone.now())
    row = add(report, officer)
    client = signed_in(detective)
    assert client.get(page_of(report, f"{row.key}/")).status_code == 200
    assert client.get(page_of(report, f"{row.key}/original/")).status_code == 404
    assert post(client, report, upload(photo("red"))).status_code == 403


def test_a_photo_of_somebodys_injury_is_theirs_and_not_another_victims(place, officer, supervisor):
    first, second = world.make_person(place.team), world.make_person(place.team)
    report = world.make_submitted_incident(
        officer, among=False, colleagues=[first, second], conducts=[["punch"], ["kick"]], at=timezone.now()
    )
    parts = {part.person_id: part for part in report.assaults.all()}
    row = add(report, officer, assault=parts[first.pk])
    assert signed_in(first).get(page_of(report, f"{row.key}/")).status_code == 200
    assert signed_in(second).get(page_of(report, f"{row.key}/")).status_code == 404
    actions.take_over(incident=report, by=world.fresh(first), at=timezone.now())
    assert signed_in(officer).get(page_of(report, f"{row.key}/")).status_code == 404
    assert row.name not in signed_in(officer).get(page_of(report)).content.decode()
    mine = signed_in(first)
    assert post(mine, report, upload(photo("red"), "own.jpg")).status_code == 302
    assert Evidence.objects.get(added_by=first).assault == parts[first.pk]
    assert "own.jpg" not in signed_in(second).get(page_of(report)).content.decode()


def test_a_draft_is_its_writers_alone(place, officer, supervisor):
    draft = world.make_draft(officer, at=timezone.now())
    row = add(draft, officer)
    assert signed_in(supervisor).get(page_of(draft)).status_code == 404
    assert signed_in(supervisor).get(page_of(draft, f"{row.key}/")).status_code == 404
    assert signed_in(officer).get(page_of(draft)).status_code == 200
