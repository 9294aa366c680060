"""Every page of a case: the stranger, the refused, the success; what was typed stays; what the log keeps."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from time_machine import travel

from campion import actions as kernel
from campion.models import AuditEvent
from campion.roles import Role
from reports.models import Assault, Incident
from tests import world
from tests.people import signed_in
from tests.stage import once
from tests.victims.carried import (
    FORMS,
    LATER,
    Scene,
    address,
    assess,
    consent,
    contact,
    everything,
    refer,
)
from tests.victims.cases import clock_of, fresh
from tests.victims.test_doors import queries_on
from victims import actions
from victims.actions import care
from victims.models import Appointment, Contact, Goal, NeedsAssessment, OnwardReferral

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def at_noon():
    with travel(LATER, tick=False):
        yield


@once
def scene():
    return Scene()


@pytest.fixture
def client(scene):
    return signed_in(scene.carrier)


def text_of(response):
    return response.content.decode()


def moment_now():
    return {"on-day": "21", "on-month": "12", "on-year": "2026", "time": "11:50"}


# Doors ---------------------------------------------------------------------------------------------------------------


def test_a_stranger_finds_nothing_and_the_refused_are_told_so(scene):
    pages = everything(scene)
    stranger = signed_in(world.make_person(scene.place.team, Role.SUPERVISOR))
    refused = (signed_in(scene.colleague), signed_in(scene.sam))
    for name, path in pages.items():
        assert stranger.get(path).status_code == 404, name
        assert stranger.post(path).status_code in (404, 405), name
        for other in refused:
            assert other.get(path).status_code == 403, name
        assert Client().get(path).status_code == 302, name
    lines = AuditEvent.objects.filter(outcome="refused", object_id=scene.case.reference)
    assert lines.count() == 2 * len(pages)


def test_whoever_carries_it_opens_every_page_with_lines_to_ring(scene, client):
    for name, path in (everything(scene) | {"case": scene.case.get_absolute_url()}).items():
        page = text_of(client.get(path))
        assert 'href="tel:116123"' in page, name
        assert "data-leave-page" in page, name


def test_a_page_of_another_case_is_not_found(scene, client):
    other = Scene.__new__(Scene)
    other.__dict__ |= scene.__dict__
    other.case = scene.carried(world.make_person(scene.place.team))
    goal = care.add_goal(referral=other.case, words="Theirs", by_on=None, key=uuid4(), **scene.by())
    assert client.get(address(scene, "goal", goal.key)).status_code == 404
    for name in ("goal", "appointment-outcome", "consent-back", "onward", "pack", "one-related", "one-representative"):
        assert client.get(address(scene, name, uuid4())).status_code == 404
    assert client.get(address(scene, "assessment", 99_999_999)).status_code == 404


def test_each_look_is_in_the_log_with_its_person(scene, client):
    everything(scene)
    client.get(scene.case.get_absolute_url())
    line = AuditEvent.objects.filter(outcome="seen", object_id=scene.case.reference).latest("id")
    assert (line.actor_id, line.subject_ids) == (scene.carrier.pk, [scene.sam.pk])
    assert {"care", "contact"} <= set(line.facets) and "looks" not in line.facets


def test_the_case_takes_ten_queries_and_a_form_seven(scene, client):
    pages = everything(scene)
    client.get("/support/")
    case = queries_on(client, scene.case.get_absolute_url())
    assert len(case) <= 10, [sql[:90] + " … " + sql[-60:] for sql in case]
    for _ in range(12):
        contact(scene)
    assert len(queries_on(client, scene.case.get_absolute_url())) == len(case)
    for name in ("plan-goals", "plan-review", "record-contact", "related", "representative"):
        found = queries_on(client, pages[name])
        assert len(found) <= 7, (name, found)  # one of them is the navigation’s: whether they owe anything


def test_a_deputy_works_with_the_case_and_is_told_whose_it_is(scene):
    today = timezone.localdate()
    kernel.name_deputy(
        user=scene.carrier, deputy=scene.colleague, from_on=today, until_on=today + timedelta(days=7),
        by=world.fresh(scene.carrier), at=timezone.now(),
    )  # fmt: skip
    deputy = signed_in(scene.colleague)
    page = text_of(deputy.get(scene.case.get_absolute_url()))
    assert f"{scene.carrier.name} carries this case. You stand in for them today." in page
    assert deputy.post(address(scene, "plan-goals"), {"key": str(uuid4()), "words": "Sleep"}).status_code == 302
    with travel(LATER + timedelta(days=30), tick=False):
        assert signed_in(scene.colleague).get(address(scene, "plan-goals")).status_code == 403


# The case ------------------------------------------------------------------------------------------------------------


def test_the_case_is_a_place_of_the_desk(scene, client):
    page = text_of(client.get(scene.case.get_absolute_url()))
    assert re.search(r'href="/support/desk/"[^>]*aria-current="true"', page)
    assert not re.search(r'href="/support/"[^>]*aria-current', page)


def test_the_case_says_what_is_next_and_how_to_reach_them_now(scene, client):
    scene.said(channel="call", contact="01632 960123", nights_until_on=date(2026, 12, 23))
    page = text_of(client.get(scene.case.get_absolute_url()))
    assert "Not before 16:00: they work nights." in page
    assert 'href="tel:01632960123"' in page
    assert "Referred to support" in page and "Your needs assessed" in page
    assert scene.sam.name in page


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ({"channel": "call", "contact": "01632 960123"}, "You may ring now."),
        ({"channel": "text", "contact": "07700 900982"}, "Do not ring: they asked for a text message."),
        ({"channel": "call", "contact": "1", "safe_times": "After noon"}, "They said: “After noon”"),
    ],
)
def test_the_line_about_reaching_them(scene, client, said, line):
    scene.said(**said)
    assert line in text_of(client.get(scene.case.get_absolute_url()))


def test_everything_that_hangs_on_the_case_is_on_its_page(scene, client):
    everything(scene)
    page = text_of(client.get(scene.case.get_absolute_url()))
    for words in ("Sleep again", "Will ring again", "A counsellor", "Victim Support", "Jo", "Fed",
                  "Enhanced rights", "Medium risk", "Say whether it took place"):  # fmt: skip
        assert words in page, words
    assert "heron" not in page, "the check word stands on its own page"
    assert "narrative" not in page.lower()


def test_what_the_person_wrote_and_a_yes_of_theirs_are_next(scene, client):
    sam = world.fresh(scene.sam)
    actions.write(referral=scene.case, words="Please ring me", key=uuid4(), by=sam, at=LATER)
    actions.go_to_service(
        referral=scene.case, code="victim-support", shares=["name"], by_the_person=False, by=sam, at=LATER
    )  # fmt: skip
    page = text_of(client.get(scene.case.get_absolute_url()))
    for words in ("Answer them: they wrote to you", "Please ring me", "They wrote on their own page",
                  "Refer them to Victim Support"):  # fmt: skip
        assert words in page, words
    refer(scene, scene.case.consents.get())
    contact(scene, happened_at=LATER)
    page = text_of(client.get(scene.case.get_absolute_url()))
    assert "Answer them" not in page and "Refer them to Victim Support" not in page


def test_the_log_of_contacts_is_in_pages(scene, client):
    for n in range(13):
        contact(scene, words=f"Contact number {n:02}", happened_at=LATER - timedelta(minutes=60 - n))
    first = text_of(client.get(scene.case.get_absolute_url()))
    assert "Contact number 12" in first and "Contact number 02" not in first
    second = text_of(client.get(scene.case.get_absolute_url() + "?page=2"))
    assert "Contact number 02" in second and "Contact number 12" not in second


def test_the_words_of_a_note_to_oneself_say_that_they_are_not_shared(scene, client):
    contact(scene, words="Sounded tired", shared=False)
    assert "They do not read this" in text_of(client.get(scene.case.get_absolute_url()))


def test_a_closed_case_stays_to_be_read_and_takes_nothing(scene, client):
    pages = everything(scene)
    type(scene.case).objects.filter(pk=scene.case.pk).update(
        closed_at=LATER, closed_by=scene.carrier, outcome="helped", due_on=None
    )
    page = text_of(client.get(scene.case.get_absolute_url()))
    assert "This case is closed: got the support they wanted" in page and "Sleep again" in page
    for name in (*FORMS, "goal"):
        assert client.get(pages[name]).status_code == 302, name
    assert client.get(pages["assessment"]).status_code == 200


# Forms ---------------------------------------------------------------------------------------------------------------


def test_an_assessment_is_kept_and_read_again(scene, client):
    path = address(scene, "assess")
    page = text_of(client.get(path))
    number = re.search(r'name="number"[^>]*value="(\d+)"', page)[1]
    answer = {"number": number, "area_safety": "urgent", "area_money": "not-asked", "vulnerable": ["mental-health"],
              "words": "Nights are bad", "risk": "high", "enhanced": "yes", "basis": ["vulnerable"]}  # fmt: skip
    assert client.post(path, answer).status_code == 302
    assert client.post(path, answer).status_code == 302, "pressed twice"
    kept = NeedsAssessment.objects.get()
    assert kept.answers == {"safety": "urgent", "money": "not-asked", "vulnerable": ["mental-health"]}
    assert fresh(scene.case).enhanced_at == LATER
    read = text_of(client.get(address(scene, "assessment", 1)))
    assert "They are not safe now" in read and "Nights are bad" in read
    again = text_of(client.get(path))
    assert "What was answered last time" in again and "They said: a mental health" not in again
    assert "Vulnerable or intimidated: they said: a mental health condition" in again


def test_a_wrong_assessment_comes_back_as_it_was(scene, client):
    answered = client.post(address(scene, "assess"), {"number": "1", "enhanced": "yes", "words": "Canary"})
    page = text_of(answered)
    assert answered.status_code == 422
    assert "There is a problem" in page and "Canary" in page
    assert "Say how high the risk is." in page and "Choose at least one reason" in page


def test_a_goal_is_added_once_and_ends(scene, client):
    answer = {"key": str(uuid4()), "words": "Sleep again"}
    for _ in range(2):
        assert client.post(address(scene, "plan-goals"), answer).status_code == 302
    goal = Goal.objects.get()
    assert client.post(address(scene, "goal", goal.key), {"state": "done"}).status_code == 302
    assert client.post(address(scene, "goal", goal.key), {"state": "dropped"}).status_code == 422
    assert client.post(address(scene, "plan-goals"), {"key": "x"}).status_code == 422


def test_the_review_of_the_plan_has_a_day(scene, client):
    path = address(scene, "plan-review")
    wrong = {"review_on-day": "1", "review_on-month": "1", "review_on-year": "2020"}
    assert client.post(path, wrong).status_code == 422
    assert client.post(path, wrong | {"review_on-year": "2027"}).status_code == 302
    assert fresh(scene.case).plan_review_on == date(2027, 1, 1)


def test_a_contact_is_recorded_and_asked_about_where_it_was_not_safe(scene, client):
    scene.said(channel="text", contact="07700 900982")
    path = address(scene, "record-contact")
    assert 'name="confirmed"' not in text_of(client.get(path))
    answer = moment_now() | {"key": str(uuid4()), "direction": "out", "channel": "call", "outcome": "spoke",
                             "words": "Canary", "shared": "yes"}  # fmt: skip
    asked = client.post(path, answer)
    page = text_of(asked)
    assert asked.status_code == 422
    assert "They did not name this as a safe way" in page and 'name="confirmed"' in page and "Canary" in page
    assert not Contact.objects.exists()
    for _ in range(2):
        assert client.post(path, answer | {"confirmed": "on"}).status_code == 302
    assert Contact.objects.get().words == "Canary"
    assert clock_of(scene.case).met_at


def test_a_contact_to_come_is_refused(scene, client):
    answer = moment_now() | {"key": str(uuid4()), "direction": "out", "channel": "call", "outcome": "spoke",
                             "shared": "yes", "time": "23:00"}  # fmt: skip
    page = client.post(address(scene, "record-contact"), answer)
    assert page.status_code == 422 and "still to come" in text_of(page)


def test_an_hour_that_comes_twice_is_asked_about(scene, client):
    with travel(timezone.make_aware(timezone.datetime(2026, 12, 21, 12)), tick=False):
        answer = {"key": str(uuid4()), "with_whom": "x", "on-day": "31", "on-month": "10", "on-year": "2027",
                  "time": "01:30"}  # fmt: skip
        page = client.post(address(scene, "appointment"), answer)
        assert page.status_code == 422 and 'name="which"' in text_of(page)
        assert client.post(address(scene, "appointment"), answer | {"which": "second"}).status_code == 302


def test_an_appointment_is_arranged_and_its_outcome_said(scene, client):
    answer = moment_now() | {"key": str(uuid4()), "with_whom": "A counsellor", "place": "By phone"}
    for _ in range(2):
        assert client.post(address(scene, "appointment"), answer).status_code == 302
    row = Appointment.objects.get()
    assert client.post(address(scene, "appointment-outcome", row.key), {}).status_code == 422
    assert client.post(address(scene, "appointment-outcome", row.key), {"attended": "yes"}).status_code == 302
    row.refresh_from_db()
    assert row.attended == "yes"


def test_an_appointment_is_moved_then_cancelled(scene, client):
    answer = moment_now() | {"with_whom": "A counsellor", "place": "By phone"}
    client.post(address(scene, "appointment"), answer | {"key": str(uuid4())})
    row = Appointment.objects.get()
    page = text_of(client.get(address(scene, "appointment-change", row.key)))
    assert 'value="By phone"' in page and 'value="A counsellor"' in page
    same = client.post(address(scene, "appointment-change", row.key), answer | {"place": "Room 2"})
    assert same.status_code == 302 and Appointment.objects.get().place == "Room 2"
    moved = client.post(address(scene, "appointment-change", row.key), answer | {"time": "00:05"})
    assert moved.status_code == 302
    made = Appointment.objects.get(attended="")
    assert client.post(address(scene, "appointment-cancel", made.key), {"reason": ""}).status_code == 422
    assert client.post(address(scene, "appointment-cancel", made.key), {"reason": "She is ill."}).status_code == 302
    page = text_of(client.get(scene.case.get_absolute_url()))
    assert "She is ill." in page and "Moved to another time" in page
    own = text_of(signed_in(scene.sam).get(address(scene, "contacts")))
    assert "She is ill." in own and "Moved to another time" in own


def test_from_a_yes_to_a_referral_that_helped(scene, client):
    page = text_of(client.get(address(scene, "refer-on")))
    assert "There is no yes that is still to be used" in page
    offered = text_of(client.get(address(scene, "consent")))
    assert "Victim Support" in offered and "UNISON" not in offered and "Mind Blue Light" not in offered
    yes = {"service": "victim-support", "shares": ["name", "contact"], "how": "call"}
    assert client.post(address(scene, "consent"), yes | {"how": "self"}).status_code == 422
    for _ in range(2):
        assert client.post(address(scene, "consent"), yes).status_code == 302
    given = scene.case.consents.get()
    for _ in range(2):
        assert client.post(address(scene, "refer-on"), {"consent": str(given.key)}).status_code == 302
    onward = OnwardReferral.objects.get()
    path = address(scene, "onward", onward.key)
    assert client.post(path, {"step": "turn down"}).status_code == 422
    for step in ({"step": "receive", "receipt": "VS/1"}, {"step": "take up"}, {"step": "end", "result": "helped"}):
        for _ in range(2):
            assert client.post(path, step).status_code == 302, step
    onward.refresh_from_db()
    assert (onward.state, onward.receipt, onward.result) == ("ended", "VS/1", "helped")
    assert client.post(path, {"step": "take up"}).status_code == 409


def test_it_passes_on_to_another_service_under_its_own_yes(scene, client):
    onward = refer(scene, consent(scene))
    path = address(scene, "onward", onward.key)
    assert "It goes to another service" not in text_of(client.get(path))
    other = consent(scene, "police-care-uk")
    assert "It goes to another service" in text_of(client.get(path))
    assert client.post(path, {"step": "transfer", "consent": str(other.key)}).status_code == 302
    assert OnwardReferral.objects.filter(state="sent").get().service.code == "police-care-uk"


def test_a_yes_is_taken_back_at_their_word(scene, client):
    given = consent(scene)
    onward = refer(scene, given)
    path = address(scene, "consent-back", given.key)
    assert "Victim Support" in text_of(client.get(path))
    for _ in range(2):
        assert client.post(path).status_code == 302
    onward.refresh_from_db()
    assert onward.state == "withdrawn"
    assert "taken back already" in text_of(client.get(path))
    assert "tell them, if nobody has" in text_of(client.get(scene.case.get_absolute_url())).lower()


def test_a_pack_holds_only_what_they_allowed_and_its_reason_is_recorded(scene, client):
    scene.said(channel="call", contact="01632 960123")
    assess(scene, answers={"money": "some"})
    onward = refer(scene, consent(scene, shares=["name", "needs"]))
    path = address(scene, "pack", onward.key)
    asked = text_of(client.get(path))
    assert "OFFICIAL-SENSITIVE" not in asked
    assert client.post(path, {}).status_code == 422
    page = text_of(client.post(path, {"why": "send"}))
    assert page.count("OFFICIAL-SENSITIVE") >= 2
    assert scene.sam.name in page and "Money: Overtime" in page
    printed = page[page.index("OFFICIAL-SENSITIVE") : page.rindex("OFFICIAL-SENSITIVE")].lower()
    assert "01632" not in page and "punched" not in printed and "assault" not in printed
    line = AuditEvent.objects.get(action="open_pack")
    assert (line.object_id, line.reason_code, line.subject_ids) == (str(onward.key), "send", [scene.sam.pk])


def test_of_a_restricted_report_nothing_is_told_on_the_case_or_its_pack(scene, client):
    onward = refer(scene, consent(scene, shares=["what"]))
    assert re.search(r'summary-list__key">\s*Assaulted\s*<', text_of(client.get(scene.case.get_absolute_url())))
    Incident.objects.filter(assaults__referral=scene.case).update(restricted=True)
    type(scene.case).objects.filter(pk=scene.case.pk).update(desk_may_know=True)
    day = re.compile(r'summary-list__key">\s*Assaulted\s*<')
    assert not day.search(text_of(client.get(scene.case.get_absolute_url())))
    pack = text_of(client.post(address(scene, "pack", onward.key), {"why": "send"}))
    assert "Assaulted at work" in pack and "Punched" not in pack and "work on" not in pack
    assert "points to enhanced rights:" not in text_of(client.get(address(scene, "assess")))


def test_a_case_of_somebody_outside_the_directory_is_carried_too(scene, client):
    type(scene.case).objects.filter(pk=scene.case.pk).update(person=None)
    Assault.objects.filter(referral=scene.case).update(person=None, outside_name="Robin Outside")
    assert "Robin Outside" in text_of(client.get(scene.case.get_absolute_url()))
    assert client.get(address(scene, "consent")).status_code == 200


def test_a_pack_says_what_happened_only_where_they_allowed_it(scene, client):
    onward = refer(scene, consent(scene, shares=["what"]))
    page = text_of(client.post(address(scene, "pack", onward.key), {"why": "send"}))
    assert "Punched" in page
    assert scene.sam.family_name not in re.sub(r"(?s)<span class=.govuk-caption.*?</span>", "", page)


def test_no_pack_after_a_yes_was_taken_back(scene, client):
    from victims.actions import sharing

    given = consent(scene)
    onward = refer(scene, given)
    sharing.withdraw_consent(consent=given, **scene.by())
    path = address(scene, "pack", onward.key)
    assert "nothing more may be passed on" in text_of(client.get(path))
    assert client.post(path, {"why": "send"}).status_code == 409


def test_somebody_close_is_named_asked_and_leaves(scene, client):
    answer = {"key": str(uuid4()), "name": "Jo", "relation": "partner", "how": "", "contact": "1", "needs": ""}
    early = client.post(address(scene, "related"), answer)
    assert early.status_code == 422 and "Ask them first" in text_of(early)
    for _ in range(2):
        assert client.post(address(scene, "related"), answer | {"contact": ""}).status_code == 302
    jo = scene.case.related_people.get()
    path = address(scene, "one-related", jo.key)
    assert client.post(path, {"how": "", "contact": "", "needs": ""}).status_code == 422
    assert client.post(path, {"how": "call", "contact": "01632 960456", "needs": "Sleep"}).status_code == 302
    assert "Jo" in text_of(client.get(address(scene, "consent")))
    for _ in range(2):
        assert client.post(path, {"end": "yes"}).status_code == 302
    jo.refresh_from_db()
    assert jo.ended_at == LATER
    assert client.post(path, {"how": "call"}).status_code == 409


def test_the_check_word_stands_on_a_page_of_its_own(scene, client):
    answer = {"key": str(uuid4()), "name": "Fed", "kind": "federation", "check_word": "he"}
    assert client.post(address(scene, "representative"), answer).status_code == 422
    assert client.post(address(scene, "representative"), answer | {"check_word": "heron"}).status_code == 302
    row = scene.case.representatives.get()
    path = address(scene, "one-representative", row.key)
    assert "heron" in text_of(client.get(path))
    assert client.post(path).status_code == 302
    assert "heron" not in text_of(client.get(path))
    assert client.post(path).status_code == 302, "pressed twice"


# While typing --------------------------------------------------------------------------------------------------------


def test_what_is_typed_on_any_page_of_a_case_is_there_again_and_gone_once_it_is_sent(scene, client):
    typing = [(name, path, text_of(client.get(path))) for name, path in everything(scene).items()]
    typing = [(name, path, page) for name, path, page in typing if "data-autosave" in page]
    assert len(typing) >= 10, [name for name, _, _ in typing]
    for name, path, page in typing:
        form = page[page.index('data-autosave="/typed/"') :]
        fields = dict.fromkeys(re.findall(r'<textarea[^>]* name="([^"]+)"', form), "Half a sen")
        held = re.search(r'name="held" value="([^"]+)"', form)
        assert held, (name, form[:600])
        assert client.post("/typed/", fields | {"held": held[1]}).status_code == 200, name
        assert text_of(client.get(path)).count(">Half a sen<") == len(fields), name
    said = {"channel": "call", "direction": "out", "outcome": "spoke", "words": "All of it.", "shared": "yes"}
    sent = said | moment_now() | {"key": str(uuid4())}
    assert client.post(address(scene, "record-contact"), sent).status_code == 302
    assert "Half a sen" not in text_of(client.get(address(scene, "record-contact")))
