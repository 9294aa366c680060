"""One case from the assault to its end, through pages alone: what everybody does, and what the person reads of it.

The calendar is that of Christmas 2026: the 25th and 28th of December and the 1st of January are no working days.
"""

import re
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.conf import settings

from campion.roles import Role
from campion.working_days import LONDON
from tests import world
from tests.journeys.walking import Walk

pytestmark = pytest.mark.django_db(transaction=True)

FILL = """answers => {
    for (const [name, value] of Object.entries(answers)) {
        const fields = [...document.querySelectorAll(`main form [name="${name}"]`)];
        const wanted = fields.filter(field => !['radio', 'checkbox'].includes(field.type)
                                              || [value].flat().includes(field.value));
        if (!wanted.length || !wanted.every(field => field.checkVisibility())) {
            throw new Error(`this page does not ask for ${name} ${value}`);
        }
        for (const field of wanted) {
            if (['radio', 'checkbox'].includes(field.type)) { if (!field.checked) field.click(); continue; }
            field.value = value;
            field.dispatchEvent(new Event('input', {bubbles: true}));
            field.dispatchEvent(new Event('change', {bubbles: true}));
        }
    }
}"""
"""Answer by the names of the fields, in order, so that an answer that reveals another question comes before it."""


class Story:
    """One browser in which everybody comes and goes; each page that it shows is checked, and may be pictured."""

    def __init__(self, page, check, sign_in, clock):
        self.page, self._check, self._sign_in, self._clock = page, check, sign_in, clock
        self.pages = 0
        place = world.make_force()
        self.officer = world.make_person(place.team, family_name="Reporter")
        self.supervisor = world.make_person(place.team, Role.SUPERVISOR, family_name="Sergeant")
        self.welfare = world.make_person(place.root, Role.WELFARE, given_name="Wendy", family_name="Helper")
        self.witness_care = world.make_person(place.root, Role.WITNESS_CARE, family_name="Usher")
        self.finder = world.make_person(place.other_team, family_name="Finder")

    def enter(self, person, *moment):
        """Have somebody sign in, at that moment of London's clock."""
        self.now = datetime(*moment, tzinfo=LONDON)
        self._clock.move_to(self.now)
        self._sign_in(self.page, person)

    def look(self):
        """Check the page that is shown; give its words, on one line."""
        self.pages += 1
        path = re.sub(r"(AR|SU)-[\w-]+/|[\da-f-]{36}/", "", self.page.url.split("/", 3)[3])
        self._check(self.page, f"victim-care-{self.pages:03}-{re.sub('[^a-z]+', '-', path).strip('-')}")
        return " ".join(self.page.inner_text("main").split())

    def visit(self, address, *said, status=200):
        """Go to an address; the page that is there says all this."""
        answer = self.page.goto(address)
        assert answer.status == status, f"{address} answers {answer.status}"
        return self._says(self.look(), said)

    def follow(self, words, *said):
        """Go where the first link with these words leads."""
        return self.visit(self.link(words), *said)

    def link(self, words):
        """Give the address of the first link with these words."""
        return self.page.locator("main a", has_text=words).first.get_attribute("href")

    def send(self, button, *said, **answers):
        """Answer the form that is shown, press its button, and read what comes of it: all this."""
        self.page.evaluate(FILL, _fields(answers))
        with self.page.expect_navigation() as arrival:
            self.page.get_by_role("button", name=button, exact=True).first.click()
        words = self.look()
        assert arrival.value.status == 200, f"{self.page.url} answers {arrival.value.status}: {words}"
        return self._says(words, said)

    def record(self, duties):
        """Record these duties as done, from the list that is shown: first words of a name -> what shows it done."""
        for address, shown in [(self.link(name), shown) for name, shown in duties.items()]:
            self.visit(address)
            self.send("Record it", "Done", "This stays as it is", **{"met": self.now - QUARTER} | shown)

    def post(self, address, **answers):
        """Send a form as its page would, without looking at the page: another of its kind has been looked at."""
        cookies = {cookie["name"]: cookie["value"] for cookie in self.page.context.cookies()}
        fields = _fields(answers) | {"csrfmiddlewaretoken": cookies[settings.CSRF_COOKIE_NAME]}
        answer = self.page.request.post(
            address, data=urlencode(fields, doseq=True), max_redirects=0,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )  # fmt: skip
        assert answer.status == 302, f"{address} answers {answer.status} to {answers}"

    def record_others(self, duties):
        """Record these duties as `record` does, by their forms alone."""
        for name, shown in duties.items():
            self.post(self.link(name), **{"met": self.now - QUARTER} | shown)

    def person_reads(self, *said, hides=()):
        """Have the person look at the page of their case."""
        self._sign_in(self.page, self.officer)
        words = self.visit(self.case, self.reference, "Samaritans 116 123", *said)
        for part in hides:
            assert part not in words
        return words

    @staticmethod
    def _says(words, said):
        for part in said:
            assert part in words, f"{part!r} is not in: {words}"
        return words


def _fields(answers):
    """Give the fields of a form for these answers: a moment is a date and a time, and a date three boxes."""
    fields = {}
    for name, value in answers.items():
        if isinstance(value, datetime):
            fields |= _fields({f"{name}_on": value.date(), f"{name}_time": f"{value:%H:%M}"})
        elif isinstance(value, date):
            fields |= {f"{name}-{part}": getattr(value, part) for part in ("day", "month", "year")}
        else:
            fields[name] = value
    return fields


@pytest.fixture
def story(page, check_page, sign_in):
    with time_machine.travel(world.MONDAY, tick=True) as clock:
        yield Story(page, check_page, sign_in, clock)


QUARTER = timedelta(minutes=15)
ARREST = "Told of an arrest, with reasons"
AGREED = "Agree how and how often you are updated, and change it at any time"


def test_a_case_from_the_assault_to_its_end(story):
    story.enter(story.officer, 2026, 12, 21, 3)
    report_it(story)
    the_person_says_yes(story)
    the_supervisor_speaks_to_them(story)
    the_desk_takes_it_on(story)
    their_needs_are_assessed(story)
    a_service_says_yes(story)
    somebody_investigates(story)
    an_arrest_is_told_late(story)
    a_suspect_is_charged_and_sentenced(story)
    the_person_says_how_it_was(story)
    the_case_is_closed(story)


def report_it(story):
    """Report a spit into the eye and abuse about who one is; nothing is said about support yet."""
    walk = Walk(story.page, lambda *_: story.look(), "victim-care")
    story.page.goto("/reports/")
    walk.arrive("reports")
    walk.press("Report an assault")
    walk.arrive("Who was assaulted")
    walk.choose("Me")
    walk.press("Continue")
    walk.arrive("When")
    walk.fill("What time?", "02:40")
    walk.press("Continue")
    walk.arrive("Where")
    walk.choose("Custody block")
    walk.press("Continue")
    walk.arrive("What was done to you")
    walk.choose("Spat at")
    walk.choose("Discriminatory abuse")
    walk.press("Continue")
    walk.arrive("First aid")
    walk.press("Continue")
    walk.arrive("Were you hurt")
    walk.choose("No")
    walk.press("Continue")
    walk.arrive("How did it reach you")
    walk.choose("Into an eye")
    walk.press("Continue")
    walk.arrive("Do you want support")
    walk.press("Continue")
    walk.arrive("in your own words")
    walk.fill("Anything else, in your own words?", "He spat through the hatch and shouted about my skin.")
    walk.press("Continue")
    walk.arrive("Check your answers")
    walk.press("Submit")
    walk.arrive("Report submitted")


def the_person_says_yes(story):
    story.visit("/support/")
    story.case = story.page.locator("main a[href^='/support/SU-']").first.get_attribute("href")
    story.reference = story.case.split("/")[2]
    story.person_reads(
        "After Monday 21 December 2026 Not answered yet",
        "Say yes, and somebody gets in touch with you by Wednesday 23 December 2026.",
        "After the exposure: 5 to come, 1 done",  # the report showed first aid at once
        "By Thursday 21 December 2028",
    )
    story.report = story.link("The report that it goes with")
    story.send("Save my answer", choice="agree")
    story.send("Save", channel="call", contact="01632 960123", may_leave_message="no", say_who_calls="no")
    story.person_reads("You said yes", "Somebody from the welfare desk rings you by Wednesday 23 December 2026.")


def the_supervisor_speaks_to_them(story):
    """On the same shift; nothing of the support side is open to them."""
    story.enter(story.supervisor, 2026, 12, 21, 5)
    story.visit("/reports/queue/")
    story.follow(story.report.split("/")[2])
    story.visit(f"{story.report}contact/1/")
    story.send("Record it", "The contact is recorded.", how="in-person")
    story.visit("/support/duties/")
    understood = {"language": "no", "companion": "yes", "channel": "in-person", "met": story.now}
    story.record_others({"Plain information": understood})
    story.record({"Local command is told": {"command": "told", "association": "offered", "hospital": "no"}})
    nothing_is_there(story)
    story.person_reads("4 done", "Check-ins: how you are: 4 to come")
    story.visit(f"{story.case}rights/", f"{AGREED} 9 days left By Wednesday 30 December 2026")


def nothing_is_there(story):
    unknown = story.visit("/support/SU-2222-2222/", status=404)
    assert story.visit(story.case, status=404) == unknown
    for part in ("rights/", "needs/", "record-contact/", "services/", "close/"):
        assert story.page.request.get(f"{story.case}{part}").status == 404, part


def the_desk_takes_it_on(story):
    story.enter(story.welfare, 2026, 12, 21, 9)
    story.visit("/support/desk/", story.reference, "Urgent")
    story.send(f"Claim {story.reference}", f"You carry {story.reference} now.")
    story.person_reads(
        "Wendy Helper of the welfare desk rings you by Wednesday 23 December 2026.",
        "Wendy Helper of the welfare desk carries your case.",
    )
    story.enter(story.welfare, 2026, 12, 21, 9, 30)
    story.visit(story.case)
    story.follow("Record a contact")
    story.send("Keep it in the log", "The contact is in the log.", outcome="spoke", channel="call", words="Shaken.")
    story.record_others({"Advice on infection": {"where": "occupational-health", "treatment": "not-needed"}})
    story.person_reads("We spoke, by phone, Monday 21 December 2026, 09:30.", "After the exposure: 4 to come, 2 done")


def their_needs_are_assessed(story):
    story.enter(story.welfare, 2026, 12, 21, 10)
    story.visit(story.case)
    story.follow("Assess their needs", "one of the most serious crimes: hate crime: abuse about who they are")
    story.send(
        "Keep the assessment", "The assessment is kept.",
        area_feelings="some", area_court="some", risk="medium", enhanced="yes", basis=["gravest"],
    )  # fmt: skip
    story.person_reads()
    story.visit(
        f"{story.case}rights/",
        f"{AGREED} Due tomorrow By Tuesday 22 December 2026",
        "Your needs assessed, and again whenever they change Done It was due by Wednesday 23 December 2026",
    )
    anew = "On Monday 21 December 2026, when your rights were enhanced. Until then it was due by Wednesday 30 December"
    assert anew in story.page.text_content("main")


def a_service_says_yes(story):
    story.enter(story.welfare, 2026, 12, 21, 11)
    story.visit(story.case)
    story.follow("Record a yes to a service")
    story.send("Keep their yes", service="victim-support", shares=["name", "contact"], how="call")
    story.person_reads("Victim Support You said yes; not told yet")
    story.enter(story.welfare, 2026, 12, 21, 11, 30)
    story.visit(story.case)
    story.follow("Refer them to a service")
    story.send("Refer them", consent=story.page.locator("input[name=consent]").get_attribute("value"))
    story.onward = story.page.url
    story.person_reads("Victim Support Told, no answer yet")
    story.enter(story.welfare, 2026, 12, 21, 16)
    story.visit(story.onward)
    story.send("Save", "VS-88", step="receive", receipt="VS-88")
    story.person_reads("Victim Support They have it")
    story.enter(story.welfare, 2026, 12, 22, 9)
    story.visit(story.onward)
    story.send("Save", step="take up")
    story.person_reads("Victim Support They will help")


def somebody_investigates(story):
    story.enter(story.supervisor, 2026, 12, 22, 10)
    story.visit(f"{story.report}accept/")
    story.send("Accept", "Accepted")
    story.visit(f"{story.report}officer/")
    story.send("Find", words="Finder")
    story.send("Name this officer", "Sam Finder is the officer in the case.", person=str(story.finder.pk))
    nothing_is_there(story)
    story.person_reads(f"{AGREED} Due today By Tuesday 22 December 2026 The officer in the case: Sam Finder")


def an_arrest_is_told_late(story):
    """With enhanced rights it is owed within one working day. A call of the desk comes in time meanwhile."""
    story.enter(story.finder, 2026, 12, 22, 14)
    story.visit(f"{story.report}case/add/arrested/")
    story.send("Enter it", "must be told within the limit", happened=datetime(2026, 12, 22, 13))
    story.visit("/support/duties/")
    story.record_others({
        "Your crime recorded": {"number": "22/4711/26", "met": datetime(2026, 12, 21, 12)},
        "Agree how and how often": {"way": "call", "often": "events", "channel": "call"},
    })  # fmt: skip
    story.person_reads(f"{ARREST} Due tomorrow By Wednesday 23 December 2026 The officer in the case: Sam Finder")

    story.enter(story.welfare, 2026, 12, 23, 15)
    story.visit(story.case)
    story.record({"A call after three days": {"trim": "declined", "concern": "some", "channel": "call"}})
    story.person_reads("Check-ins: how you are: 3 to come, 1 done")

    story.enter(story.officer, 2026, 12, 24, 9)
    story.person_reads(f"Late {ARREST} Late by 1 day It was due by Wednesday 23 December 2026")

    story.enter(story.finder, 2026, 12, 29, 10)
    story.visit("/support/duties/", ARREST, "Late by 6 days")
    statement = story.link("Told of the Victim Personal Statement")
    story.record_others({
        "Written confirmation": {"holds": ["offence", "number", "officer"], "edition": "VC1", "channel": "email"},
        "Where to get help": {"given": ["services", "rights"], "edition": "VC2", "channel": "email"},
        "Told about compensation": {"ways": ["court", "cica", "duty"], "channel": "call"},
        "Your assault is investigated": {"own_crime": "yes", "not_added": "yes"},
        "The Victims’ Code applies": {"told": "yes", "officer_knows": "yes"},
        "Evidence is gathered": {"gathered": ["bwv", "cctv", "statement"]},
        "Few interviews": {"count": "1", "apart": "yes", "support": "yes"},
    })  # fmt: skip
    story.record({ARREST: {"words": "A man was arrested on Tuesday.", "channel": "call"}})
    story.visit(f"{statement}statement/")
    story.send("Record it", "Recorded.", met=story.now - QUARTER, channel="call")
    story.person_reads("Your rights under the Victims’ Code: 10 done, 1 done late")
    it_stays_late(story)


def it_stays_late(story):
    story.visit(f"{story.case}rights/", f"{ARREST} Done late It was due by Wednesday 23 December 2026")
    assert "On Tuesday 29 December 2026, by phone. That was after the limit" in story.page.text_content("main")


def a_suspect_is_charged_and_sentenced(story):
    charge, told = datetime(2027, 1, 6, 9), "Told of a decision to charge"
    story.enter(story.finder, 2027, 1, 6, 10)
    story.visit(f"{story.report}case/add/charged/")
    story.send("Enter it", happened=charge, charge="Assault on an emergency worker", decided_by="cps")
    story.person_reads(
        f"{told}, not to prosecute, or to alter or drop a charge Due tomorrow By Thursday 7 January 2027"
    )
    story.enter(story.finder, 2027, 1, 6, 10, 30)
    story.visit("/support/duties/")
    story.record({told: {"words": "He is charged.", "review": "not-here", "channel": "call"}})

    hearing = "Told the time, date and place of a hearing"
    story.enter(story.witness_care, 2027, 1, 7, 9)
    story.visit("/reports/court/?tab=all")
    court = story.page.locator("main a[href^='/reports/court/AR-']").first.get_attribute("href")
    story.visit(f"{court}add/hearing-listed/")
    story.send(
        "Enter it", received=datetime(2027, 1, 7, 8, 30), hearing=datetime(2027, 2, 1, 10),
        court="Testshire Magistrates’ Court",
    )  # fmt: skip
    story.person_reads(f"{hearing} Due tomorrow By Friday 8 January 2027 Witness care")
    story.enter(story.witness_care, 2027, 1, 7, 9, 30)
    story.visit("/support/duties/")
    story.record({hearing: {"told": ["time", "place", "coming"], "channel": "call"}})
    story.person_reads("Check-ins: how you are: 1 late, 4 to come, 1 done")

    outcome = "Told the verdict, the reasons, the sentence and what it means"
    story.enter(story.witness_care, 2027, 2, 2, 10)
    story.visit(f"{court}add/sentence/")
    story.send(
        "Enter it", happened=datetime(2027, 2, 1, 12), received=datetime(2027, 2, 2, 9), sentence="community-order",
        meaning="He does unpaid work for a year.",
    )  # fmt: skip
    story.person_reads(f"{outcome} Due tomorrow By Wednesday 3 February 2027 Witness care")
    story.visit(
        f"{story.case}rights/",
        "Court tells witness care the verdict or sentence Done It was due by Monday 8 February 2027",
    )
    story.enter(story.witness_care, 2027, 2, 2, 10, 30)
    story.visit("/support/duties/")
    story.record({outcome: {"verdict": "A community order.", "meaning": "Unpaid work.", "channel": "call"}})
    story.person_reads()


def the_person_says_how_it_was(story):
    story.follow("How has it been for you?", "It has been four weeks.")
    story.send("Send it", "Thank you. It is read without your name.", score="4", words="Somebody always rang.")
    story.person_reads(hides=["How has it been for you?"])


def the_case_is_closed(story):
    """Refused first, with what is still owed and by whom; then each of it is done, or set aside with a reason."""
    story.enter(story.welfare, 2027, 2, 3, 9)
    story.visit(story.case)
    story.follow(
        "Close the case",
        "It cannot be closed yet. 11 things still open",
        "Your supervisor asks after a week how you are and what would help at work The supervisor owes it, by Monday "
        "28 December 2026.",
        "A call after four weeks The welfare desk owes it, by Monday 18 January 2027.",
        "The record is made every time, and we learn from it The supervisor owes it, by Thursday 21 January 2027.",
        "A call before a day in court The welfare desk owes it, by Saturday 30 January 2027.",
        "A test after six weeks Occupational health owes it, by Monday 1 February 2027.",
        "A call after a day in court The welfare desk owes it, by Wednesday 3 February 2027.",
        "A last test after six months Occupational health owes it, by Monday 21 June 2027.",
        "Referral to Victim Support The service still works on it; end it with what came of it.",
    )
    assert not story.page.get_by_role("button", name="Close the case").count()
    later = [story.link(name) for name in ("A call after three months", "A test after three months", "A last test")]
    story.record_others({
        "A call after four weeks": {"concern": "none", "channel": "call"},
        "A call before a day in court": {"concern": "some", "channel": "call", "met": datetime(2027, 1, 29, 11)},
        "A first blood sample": {"done": "done", "met": datetime(2026, 12, 28, 11)},
        "A test after six weeks": {"done": "not-needed"},
    })  # fmt: skip
    said = {"why": "not-wanted", "reason": "You said that all is well now."}
    for address in later[1:]:
        story.post(f"{address}set-aside/", **said)
    story.record({"A call after a day in court": {"concern": "none", "channel": "call"}})
    story.visit(f"{later[0]}set-aside/")
    story.send("Set it aside", "It is set aside.", **said)
    story.visit(story.onward)
    story.send("Save", "It is over.", step="end", result="helped")
    story.person_reads("Victim Support Over", "Check-ins: how you are: 1 late, 3 done, 1 done late")

    story.enter(story.supervisor, 2027, 2, 3, 10)
    story.visit("/support/duties/")
    story.record_others({"The record is made every time": {"record": "yes"}})
    story.record({"Your supervisor asks after a week": {"duty": "yes", "channel": "in-person"}})
    story.enter(story.welfare, 2027, 2, 3, 11)
    story.visit(f"{story.case}close/", "Nothing is owed any more.")
    story.send("Close the case", f"{story.reference} is closed.", outcome="helped")
    story.person_reads(
        "After Monday 21 December 2026 Ended",
        "The welfare desk closed this on Wednesday 3 February 2027. If you want more, say yes again: it is taken up.",
        "How has it been for you?",
        "Your rights under the Victims’ Code: 14 done, 1 done late",
        "By Thursday 21 December 2028",
        hides=["to come"],
    )
    it_stays_late(story)
