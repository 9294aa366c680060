"""The fuller sections: who may fill in which, two tabs, lists, colleagues, and who must not see the report."""

import re
from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from campion import kept
from campion.models import AuditEvent, KeptForm
from campion.roles import Role
from reports import actions, events
from reports.forms.sections import footage_warning
from reports.models import Assault, ConductType, Conflict, Footage, Health, Incident, SourceReference, Suspect, Witness
from tests import world
from tests.people import signed_in
from tests.stage import once

pytestmark = pytest.mark.django_db

WHOLE = ["activity", "place", "told", "weapons", "suspects", "crime", "footage", "witnesses", "privacy"]


@once
def place():
    return world.make_force()


@once
def officer(place):
    return world.make_person(place.team)


@once
def supervisor(place):
    return world.make_person(place.team, Role.SUPERVISOR)


@once
def draft(officer):
    return world.make_draft(officer, conducts=[["punch", "spit", "verbal-abuse"]], at=timezone.now())


@once
def report(officer, supervisor):
    return world.make_submitted_incident(officer, conducts=[["punch", "spit"]], at=timezone.now())


def at(incident, rest):
    return f"/reports/{incident.reference}/section/{rest}/"


def seen_in(answer):
    return re.search(r'name="seen" value="(\w*)"', answer.content.decode())[1]


def save(client, incident, rest, **values):
    """Open a page, fill it in, send it."""
    return client.post(at(incident, rest), {"seen": seen_in(client.get(at(incident, rest))), **values})


def text(answer):
    return answer.content.decode()


# Opening and saving --------------------------------------------------------------------------------------------------


def test_activity_is_saved_and_shown_again(officer, draft):
    client = signed_in(officer)
    answer = save(
        client, draft, "activity",
        crewing="single", assistance_called="yes", assistance_minutes="12", people_present="1,000", force_used="no",
    )  # fmt: skip
    assert answer.status_code == 302
    stands = world.seen_by(officer, draft)
    assert (stands.crewing, stands.assistance_called, stands.assistance_minutes) == ("single", True, 12)
    assert (stands.people_present, stands.force_used, stands.deescalation_tried) == (1000, False, None)
    assert "activity" in stands.answered
    assert 'value="12"' in text(client.get(at(draft, "activity")))


@pytest.mark.parametrize("number", ["-1", "1e999", "NaN", "10000000000000000000", "12.5", "9" * 5000, "\0", "1_000"])
def test_a_number_that_is_none_is_refused_and_stays(officer, draft, number):
    answer = save(signed_in(officer), draft, "activity", assistance_called="yes", assistance_minutes=number)
    assert answer.status_code in (400, 422)
    assert world.seen_by(officer, draft).assistance_called is None


def test_a_code_of_another_list_is_refused(officer, draft):
    for field in ("crewing", "activity", "force_used"):
        assert save(signed_in(officer), draft, "activity", **{field: "punch"}).status_code == 422


def test_injury_exposure_detail_equipment_and_weapons_are_saved(officer, draft):
    client = signed_in(officer)
    save(
        client, draft, "injury/1", injury_types=["bruise", "cut"], body_parts=["arm"], treatment="gp", notes="It aches"
    )
    save(client, draft, "exposure/1", exposure_fluids=["saliva"], exposure_routes=["eye"], contact="contact")
    save(client, draft, "detail/1", hate_strands=["race"], contact="contact", words_used="Words")
    save(client, draft, "equipment/1", duty_status="on-duty", ppe_worn=["gloves"], bwv="recording")
    save(client, draft, "weapons", weapons=["blade", "glass"])
    part = world.seen_by(officer, draft).assaults.all()[0]
    assert (part.health.injury_types, part.health.treatment, part.health.notes) == (["bruise", "cut"], "gp", "It aches")
    assert (part.health.exposure_fluids, part.health.exposure_routes) == (["saliva"], ["eye"])
    assert part.health.advice_shown_at is not None
    assert (part.contact, part.hate_strands, part.words_used) == ("contact", ["race"], "Words")
    assert (part.duty_status, part.ppe_worn, part.bwv) == ("on-duty", ["gloves"], "recording")
    assert set(draft.weapons.values_list("code", flat=True)) == {"blade", "glass"}


def test_nothing_and_something_exclude_each_other(officer, draft):
    answer = save(signed_in(officer), draft, "weapons", weapons=["none", "blade"])
    assert answer.status_code == 422 and "not both" in text(answer)


def test_questions_depend_on_what_was_done(officer):
    draft = world.make_draft(officer, conducts=[["verbal-abuse"]], at=timezone.now())
    client = signed_in(officer)
    assert "Where on the body" not in text(client.get(at(draft, "injury/1")))
    assert "Did it hit or touch" not in text(client.get(at(draft, "detail/1")))
    assert "protective equipment was worn" not in text(client.get(at(draft, "equipment/1")))
    save(client, draft, "injury/1", impact="a-bit")
    assert Health.objects.get(assault__incident=draft).impact == "a-bit"


def test_the_words_used_stand_behind_a_warning(officer, draft):
    save(signed_in(officer), draft, "detail/1", words_used="A vile word")
    page = text(signed_in(officer).get(at(draft, "detail/1")))
    assert page.index("may offend") < page.index("<details") < page.index("A vile word")
    assert not re.search(r"<details[^>]* open", page)


def test_a_change_is_in_the_log_without_words(officer, report):
    save(signed_in(officer), report, "place", place_detail="Behind the Lantern Inn")
    line = AuditEvent.objects.filter(action="complete").latest("id")
    assert (line.object_id, line.subject_ids) == (report.reference, [officer.pk])
    with connection.cursor() as cursor:
        cursor.execute("SELECT place_detail FROM reports_incident WHERE id = %s", [report.pk])
        assert "Lantern" not in cursor.fetchone()[0]


# When police were told -----------------------------------------------------------------------------------------------


def told(day, clock, **more):
    return {"told_on-day": str(day.day), "told_on-month": str(day.month), "told_on-year": str(day.year),
            "told_time": clock, **more}  # fmt: skip


def test_the_hour_that_comes_twice_is_asked(officer):
    when = datetime.fromisoformat("2025-10-26T00:10:00+01:00")
    draft = world.make_draft(officer, happened=when, at=timezone.now())
    client = signed_in(officer)
    answer = save(client, draft, "told", **told(when, "01:30"))
    assert answer.status_code == 422 and "came twice" in text(answer)
    assert save(client, draft, "told", **told(when, "01:30", told_which="second")).status_code == 302
    assert world.seen_by(officer, draft).police_told_at.isoformat() == "2025-10-26T01:30:00+00:00"


def test_police_are_not_told_before_it_happened_nor_in_the_future(officer, draft):
    client, now = signed_in(officer), timezone.localtime()
    early = now - timedelta(days=3)
    answer = save(client, draft, "told", **told(early, "03:00"))
    assert answer.status_code == 422 and "before it happened" in text(answer)
    late = now + timedelta(days=2)
    assert save(client, draft, "told", **told(late, "03:00")).status_code == 422
    assert save(client, draft, "told", told_time="03:00").status_code == 422


def test_once_submitted_the_times_stay(officer, report):
    client = signed_in(officer)
    assert "clocks started" in text(client.get(at(report, "told")))
    assert client.post(at(report, "told"), {"told_time": "03:00"}).status_code == 409


# Who may fill in what ------------------------------------------------------------------------------------------------


def test_a_supervisor_completes_and_sees_no_health(supervisor, report):
    client = signed_in(supervisor)
    assert save(client, report, "activity", crewing="double").status_code == 302
    assert save(client, report, "detail/1", words_used="As told to me").status_code == 302
    for name in ("injury/1", "exposure/1", "privacy"):
        assert client.get(at(report, name)).status_code == 404
        assert client.post(at(report, name), {"notes": "x"}).status_code == 404
    tasks = text(client.get(f"/reports/{report.reference}/sections/"))
    assert "Weapons" in tasks and "Injury and treatment" not in tasks


def test_nobody_else_knows_the_pages(place, report):
    for person in (world.make_person(place.team), world.make_person(place.other_team, Role.SUPERVISOR)):
        client = signed_in(person)
        for name in [*WHOLE, "injury/1", "suspects/add"]:
            assert client.get(at(report, name)).status_code == 404
        assert client.get(f"/reports/{report.reference}/sections/").status_code == 404


def test_whoever_took_only_their_part_over_fills_in_that_part(place, officer, supervisor):
    first, second = world.make_person(place.team), world.make_person(place.team)
    report = world.make_submitted_incident(
        officer, among=False, colleagues=[first, second], conducts=[["punch"], ["kick"]], at=timezone.now()
    )
    client = signed_in(first)
    assert client.get(at(report, "injury/1")).status_code == 404
    actions.take_over(incident=report, by=world.fresh(first), at=timezone.now())
    assert save(client, report, "injury/1", notes="Mine").status_code == 302
    for name in ("injury/2", "detail/2", "activity", "suspects", "weapons"):
        assert client.get(at(report, name)).status_code == 404
    writer = signed_in(officer)
    assert writer.get(at(report, "injury/1")).status_code == 404
    assert writer.get(at(report, "injury/2")).status_code == 200
    assert client.get(f"/reports/{report.reference}/sections/").status_code == 200


def test_nothing_is_changed_once_accepted(officer, supervisor, report):
    actions.accept(incident=report, by=world.fresh(supervisor), at=timezone.now())
    client = signed_in(officer)
    answer = client.get(at(report, "activity"))
    assert answer.status_code == 403 and "Accepted" in text(answer)
    assert client.post(at(report, "activity"), {"crewing": "single"}).status_code == 403
    assert world.seen_by(officer, report).crewing == ""


@pytest.mark.parametrize(
    "rest",
    ["nothing", "activity/1", "injury", "injury/0", "injury/2", "injury/99999999999999999999", "suspects/1",
     "suspects/0", "activity/add", "suspects/1/remove", "evidence/1"],
)  # fmt: skip
def test_an_address_that_is_none_is_unknown(officer, draft, rest):
    assert signed_in(officer).get(at(draft, rest)).status_code == 404


def test_the_evidence_section_leads_to_its_page(officer, draft):
    assert signed_in(officer).get(at(draft, "evidence"))["Location"] == f"/reports/{draft.reference}/evidence/"


# Two tabs, and what was typed ----------------------------------------------------------------------------------------


def test_two_tabs_that_differ_are_both_shown(officer, draft):
    client = signed_in(officer)
    seen = seen_in(client.get(at(draft, "place")))
    assert client.post(at(draft, "place"), {"seen": seen, "place_detail": "The first tab"}).status_code == 302
    both = client.post(at(draft, "place"), {"seen": seen, "place_detail": "The second tab"})
    page = text(both)
    assert both.status_code == 409 and "The first tab" in page and "The second tab" in page
    assert world.seen_by(officer, draft).place_detail == "The first tab"
    mine = client.post(at(draft, "place"), {"seen": seen_in(both), "place_detail": "The second tab"})
    assert mine.status_code == 302 and world.seen_by(officer, draft).place_detail == "The second tab"


def test_the_same_answer_twice_is_no_conflict(officer, draft):
    client = signed_in(officer)
    seen = seen_in(client.get(at(draft, "place")))
    for _ in range(2):
        assert client.post(at(draft, "place"), {"seen": seen, "place_detail": "Same"}).status_code == 302


def test_what_is_typed_is_saved_while_typing_and_kept_when_it_does_not_fit(officer, draft):
    client = signed_in(officer)
    seen = seen_in(client.get(at(draft, "activity")))
    saved = client.post(at(draft, "activity"), {"seen": seen, "crewing": "single"}, headers={"X-Autosave": "1"})
    assert saved.status_code == 200 and saved.json()["seen"] != seen
    assert "activity" not in world.seen_by(officer, draft).answered
    wrong = {"seen": saved.json()["seen"], "crewing": "single", "assistance_called": "yes", "assistance_minutes": "ten"}
    assert client.post(at(draft, "activity"), wrong, headers={"X-Autosave": "1"}).status_code == 200
    assert 'value="ten"' in text(client.get(at(draft, "activity")))
    assert save(client, draft, "activity", crewing="double").status_code == 302
    assert not KeptForm.objects.exists()


def test_a_row_being_typed_is_kept_and_joins_the_list_when_sent(officer, draft):
    client = signed_in(officer)
    client.post(
        at(draft, "witnesses/add"), {"who": "other", "description": "A man in red"}, headers={"X-Autosave": "1"}
    )
    assert not Witness.objects.exists()
    assert "A man in red" in text(client.get(at(draft, "witnesses/add")))
    assert kept.clean(timezone.now() + timedelta(days=40)) == 1


# Lists ---------------------------------------------------------------------------------------------------------------


def test_a_suspect_is_added_changed_and_removed_without_a_name(officer, draft):
    client = signed_in(officer)
    answer = save(client, draft, "suspects/add", known="described", age_band="25-34", influence=["alcohol", "drugs"])
    assert answer.status_code == 302
    assert "25 to 34" in text(client.get(at(draft, "suspects")))
    assert save(client, draft, "suspects/1", known="identified", nominal_reference="N123").status_code == 302
    row = Suspect.objects.get(incident=draft)
    assert (row.position, row.known, row.nominal_reference, row.age_band) == (1, "identified", "N123", "")
    assert "name" not in [field.name for field in Suspect._meta.fields]
    assert "N123" in text(client.get(at(draft, "suspects/1/remove")))
    assert save(client, draft, "suspects/1/remove").status_code == 302
    assert not Suspect.objects.exists()


def test_a_row_changed_meanwhile_is_neither_overwritten_nor_removed(officer, draft):
    client = signed_in(officer)
    for value in ("ABC 1", "ABC 2"):
        save(client, draft, "crime/add", kind="custody", value=value)
    first = seen_in(client.get(at(draft, "crime/1")))
    remove = seen_in(client.get(at(draft, "crime/1/remove")))
    save(client, draft, "crime/1", kind="custody", value="ABC 3")
    both = client.post(at(draft, "crime/1"), {"seen": first, "kind": "custody", "value": "ABC 4"})
    assert both.status_code == 409 and "ABC 3" in text(both) and "ABC 4" in text(both)
    assert client.post(at(draft, "crime/1/remove"), {"seen": remove}).status_code == 302
    assert SourceReference.objects.count() == 2


def test_a_reference_is_tidied_and_taken_once(officer, draft):
    client = signed_in(officer)
    save(client, draft, "crime/add", kind="crime", value="  22/1122  33a ")
    assert SourceReference.objects.get().value == "22/1122 33A"
    again = save(client, draft, "crime/add", kind="crime", value="22/1122 33a")
    assert again.status_code == 422 and "in the list already" in text(again)
    assert save(client, draft, "crime", crime_recorded="yes").status_code == 302
    assert world.seen_by(officer, draft).crime_recorded == "yes"


def test_footage_warns_as_its_day_comes_near(officer, draft):
    client, day = signed_in(officer), timezone.localdate() + timedelta(days=1)
    parts = {"deleted_on-day": day.day, "deleted_on-month": day.month, "deleted_on-year": day.year}
    assert save(client, draft, "footage/add", source="bwv", reference="Camera 4417", **parts).status_code == 302
    assert "is deleted tomorrow" in text(client.get(at(draft, "footage")))
    row = Footage.objects.get()
    assert "was due to be deleted" in footage_warning(row, day + timedelta(days=1))
    assert footage_warning(row, day - timedelta(days=60)) == ""
    row.kept_as_evidence = True
    assert footage_warning(row, day) == ""


@pytest.mark.parametrize("year", ["0000", "10000", "99999999", "20x6", "9999"])
def test_a_year_that_is_none_is_refused(officer, draft, year):
    parts = {"deleted_on-day": "1", "deleted_on-month": "2", "deleted_on-year": year}
    assert save(signed_in(officer), draft, "footage/add", source="bwv", reference="x", **parts).status_code == 422


def test_a_witness_is_a_colleague_or_a_description(place, officer, draft):
    colleague = world.make_person(place.team, family_name="Lanternlight")
    client = signed_in(officer)
    assert save(client, draft, "witnesses/add", who="other").status_code == 422
    assert save(client, draft, "witnesses/add", who="other", description="The landlord").status_code == 302
    exact = {"who": "colleague", "colleague_words": colleague.staff_number}
    assert save(client, draft, "witnesses/add", **exact).status_code == 302
    assert [row.person_id for row in Witness.objects.order_by("pk")] == [None, colleague.pk]
    page = text(client.get(at(draft, "witnesses")))
    assert "Lanternlight" in page and "The landlord" in page


# Colleagues and privacy ----------------------------------------------------------------------------------------------


def test_a_named_supervisor_sees_nothing_and_is_let_back_only_from_a_draft(place, officer, supervisor, draft):
    client, naming = signed_in(officer), {"words": supervisor.staff_number, "person": str(supervisor.pk)}
    name_href = f"/reports/{draft.reference}/who-must-not-see/"
    assert name_href in client.get(at(draft, "privacy")).content.decode()
    assert client.post(name_href, naming).status_code == 302
    assert supervisor.name in text(client.get(at(draft, "privacy")))
    letting = {"person": supervisor.staff_number}
    assert client.post(at(draft, "privacy"), letting).status_code == 302
    assert not Conflict.objects.filter(ended_at=None).exists()
    assert AuditEvent.objects.filter(action="withdraw_a_conflict", object_id=draft.reference).count() == 1
    client.post(name_href, naming)
    alternate = world.make_person(place.root, Role.SUPERVISOR)
    report = world.submit(draft, by=officer, at=timezone.now())
    assert signed_in(supervisor).get(at(report, "activity")).status_code == 404
    assert signed_in(alternate).get(at(report, "activity")).status_code == 200
    assert client.post(at(report, "privacy"), letting).status_code == 409


def test_a_report_is_closed_to_all_but_a_few(place, officer, supervisor, report):
    second = world.make_person(place.team, Role.SUPERVISOR)
    client = signed_in(officer)
    close_href = f"/reports/{report.reference}/few-readers/"
    assert close_href in client.get(at(report, "privacy")).content.decode()
    assert client.post(close_href).status_code == 302
    assert "closed to all but a few people" in text(client.get(at(report, "privacy")))
    open_to = [signed_in(person).get(at(report, "activity")).status_code for person in (supervisor, second)]
    assert sorted(open_to) == [200, 404]


def test_a_suspected_colleague_is_kept_out_and_the_report_is_closed(place, officer, supervisor, report):
    world.make_person(place.root, Role.SUPERVISOR)
    client = signed_in(officer)
    naming = {"known": "identified", "relationship": "colleague", "colleague_words": supervisor.staff_number}
    assert save(client, report, "suspects/add", **naming).status_code == 302
    assert Conflict.objects.get(user=supervisor).why == Conflict.Why.SUSPECT
    assert Incident.objects.get(pk=report.pk).restricted
    assert signed_in(supervisor).get(at(report, "activity")).status_code == 404
    assert save(client, report, "suspects/1/remove").status_code == 302
    assert Conflict.objects.filter(user=supervisor, ended_at=None).exists()  # governance decides after submission


def test_in_a_draft_a_suspect_named_by_mistake_is_let_back(place, officer, supervisor, draft):
    client = signed_in(officer)
    naming = {"known": "identified", "relationship": "colleague", "colleague_words": supervisor.staff_number}
    save(client, draft, "suspects/add", **naming)
    assert Conflict.objects.filter(user=supervisor, ended_at=None).exists()
    save(client, draft, "suspects/1", known="identified", relationship="stranger")
    assert not Conflict.objects.filter(ended_at=None).exists()
    assert Suspect.objects.get().colleague is None


def test_nobody_names_themselves_or_the_person_assaulted_as_a_suspect(officer, supervisor, report):
    for by, who in ((officer, officer), (supervisor, officer), (supervisor, supervisor)):
        naming = {"known": "identified", "relationship": "colleague", "colleague_words": who.staff_number}
        assert save(signed_in(by), report, "suspects/add", **naming).status_code == 422
    assert not Conflict.objects.exists()


@pytest.mark.parametrize("name", ["place", "detail/1", "injury/1", "suspects/add", "witnesses/add", "crime/add"])
def test_hostile_text_is_no_500(officer, draft, name):
    fields = ("place_detail", "words_used", "notes", "nominal_reference", "description", "value", "colleague_words")
    for hostile in ("\ud83d", "a\0b", "[" * 100_000, "\u202e<script>alert(1)</script>", "é" * 30_000):
        values = dict.fromkeys(fields, hostile.encode("utf-8", "surrogatepass").decode("latin-1"))
        answer = signed_in(officer).post(
            at(draft, name), values | {"known": "described", "who": "other", "kind": "crime"}
        )
        assert answer.status_code < 500 and "<script>alert" not in text(answer)


# Answered late -------------------------------------------------------------------------------------------------------


@pytest.fixture
def changed():
    """Collect the assaults that are announced as changed."""
    heard = []

    def hear(sender, *, assault, **_):
        heard.append(assault.position)

    events.assault_changed.connect(hear)
    yield heard
    events.assault_changed.disconnect(hear)


def test_who_was_hurt_is_said_once_it_is_known_and_announced(officer, report, changed):
    client = signed_in(officer)
    assert "Were you hurt?" in text(client.get(at(report, "injury/1")))
    save(client, report, "injury/1", injury="not-yet-known")
    save(client, report, "injury/1", injury="physical")
    part = Assault.objects.get()
    assert part.injury == "physical" and changed == [1, 1]
    history = apps.get_model("reports", "AssaultEvent").objects.filter(pgh_obj=part).order_by("pgh_id")
    assert list(history.values_list("injury", flat=True))[-2:] == ["not-yet-known", "physical"]
    assert "Were you hurt?" not in text(client.get(at(report, "injury/1")))
    save(client, report, "injury/1", injury="none", notes="Sore.")
    assert Assault.objects.get().injury == "physical" and changed == [1, 1]


def test_whether_a_colleague_knows_is_said_later_by_who_reported_it(officer, supervisor, place):
    colleague = world.make_person(place.team)
    report = world.make_submitted_incident(officer, among=False, colleagues=[colleague], at=timezone.now())
    asked = "Do they know that you reported this for them?"
    assert asked not in text(signed_in(supervisor).get(at(report, "detail/1")))
    client = signed_in(officer)
    assert asked in text(client.get(at(report, "detail/1")))
    save(client, report, "detail/1", consent="agrees")
    assert Assault.objects.get().consent == "agrees"
    assert asked not in text(client.get(at(report, "detail/1")))


def test_an_exposure_and_a_correction_of_what_was_done_or_of_an_injury_are_announced(
    officer, supervisor, report, changed
):
    save(signed_in(officer), report, "exposure/1", exposure_fluids="saliva", exposure_routes="eye")
    assert changed == [1]
    save(signed_in(officer), report, "detail/1", words_used="Words.")
    assert changed == [1]
    by = {
        "by": world.fresh(supervisor),
        "at": timezone.now(),
        "reason": "Looked again.",
        "assault": report.assaults.get(),
    }
    actions.correct(incident=report, field="injury", value="both", **by)
    bite = list(ConductType.objects.filter(code="bite"))
    actions.correct(incident=report, field="conducts", value=bite, **by)
    assert changed == [1, 1, 1]


def test_nothing_is_announced_of_a_draft(officer, draft, changed):
    save(signed_in(officer), draft, "injury/1", injury="physical")
    assert Assault.objects.get().injury == "physical" and not changed
