"""Which pages, and what is missing: the rules, without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.readiness import (
    GRAVITY,
    ConductFacts,
    PageKey,
    State,
    after,
    core_pages,
    digest,
    enough_to_accept,
    enough_to_submit,
    kind_of,
    page_state,
    page_values,
    sections,
)

AT = datetime(2026, 11, 22, 3, 12, tzinfo=UTC)
CONDUCTS = {
    "punch": ConductFacts("physical", contact=True),
    "spit": ConductFacts("spitting", contact=True, exposure=True),
    "bite": ConductFacts("physical", contact=True, exposure=True),
    "strangle": ConductFacts("physical", contact=True),
    "verbal-abuse": ConductFacts("verbal"),
    "online-abuse": ConductFacts("online"),
    "paperwork": ConductFacts("verbal", injury_possible=False),
}


def part(position=1, *, consent="self", conducts=(), **answers):
    """Make one person's part as the content has it."""
    blank = {
        "position": position, "person_id": position, "outside_name": "", "outside_contact": "",
        "worker_type": "police-officer", "consent": consent, "contact": "", "injury": "", "duty_status": "",
        "ppe_worn": [], "bwv": "", "words_used": "", "hate_strands": None, "conducts": list(conducts),
        "health": None, "wish": None,
    }  # fmt: skip
    return blank | answers


def content(*parts, who="me", began=AT - timedelta(hours=1), **answers):
    """Make the content of a report that is enough to submit, with these people in it."""
    at = began.isoformat() if began else ""
    blank = {
        "writer_id": 1,
        "who": who,
        "quick_log": False,
        "when": {"precision": "about", "from": "", "to": "", "mark": "", "at": at, "until": ""},
        "told": {"police_told_at": "", "late_reason": "", "end_of_duty_at": ""},
        "where": {"district_id": 1, "elsewhere": False, "place_type_id": 1, "place_detail": ""},
        "narrative": "",
        "assaults": list(parts or [part(conducts=["punch"])]),
        "answered": [],
        "activity_id": None, "crewing": "", "assistance_called": None, "assistance_minutes": None,
        "people_present": None, "deescalation_tried": None, "force_used": None, "crime_recorded": "", "weapons": [],
        "suspects": [], "references": [], "footage": [], "witnesses": [], "evidence": [],
    }  # fmt: skip
    return blank | answers


def names(pages):
    return [str(page) for page in pages]


def pages_of(answers, at=AT):
    return names(core_pages(answers, CONDUCTS, at=at))


def test_a_person_reporting_for_themselves_sees_eight_questions():
    assert pages_of(content()) == ["who", "when", "where", "what/1", "injured/1", "support", "words"]


def test_advice_is_the_very_next_page_after_a_spit_and_the_route_is_asked_only_then():
    answers = content(part(conducts=["spit"]))
    assert pages_of(answers) == [
        "who", "when", "where", "what/1", "advice/1", "injured/1", "exposure/1", "support", "words",
    ]  # fmt: skip
    assert after(answers, PageKey("what", 1), CONDUCTS, at=AT) == PageKey("advice", 1)


def test_pressure_on_the_neck_brings_first_aid_but_no_question_about_fluid():
    pages = pages_of(content(part(conducts=["strangle"])))
    assert "advice/1" in pages
    assert "exposure/1" not in pages


def test_a_colleague_is_named_and_is_not_asked_for_their_wish():
    answers = content(part(consent="agrees", conducts=["punch"]), who="colleague")
    assert pages_of(answers) == ["who", "people", "when", "where", "what/1", "injured/1", "words"]


def test_several_people_are_asked_about_one_after_another():
    answers = content(part(conducts=["punch"]), part(2, consent="unaware", conducts=["bite"]), who="several")
    assert pages_of(answers) == [
        "who", "people", "when", "where", "what/1", "injured/1", "what/2", "advice/2", "injured/2", "exposure/2",
        "support", "words",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("hours", "asked"), [(23, False), (24, False), (24.01, True), (24 * 400, True)], ids=["23", "24", "over", "year"]
)
def test_the_reason_for_lateness_is_asked_over_a_day_later_only(hours, asked):
    assert ("late" in pages_of(content(began=AT - timedelta(hours=hours)))) is asked


def test_the_page_after_one_that_no_longer_applies_is_the_next_that_does():
    answers = content(part(conducts=["punch"]))
    assert after(answers, PageKey("advice", 1), CONDUCTS, at=AT) == PageKey("injured", 1)
    assert after(answers, PageKey("people"), CONDUCTS, at=AT) == PageKey("when")
    assert after(answers, PageKey("words"), CONDUCTS, at=AT) is None


def test_no_injury_is_asked_where_none_can_be():
    assert "injured/1" not in pages_of(content(part(conducts=["paperwork"])))


@given(st.permutations(GRAVITY), st.integers(1, 6))
def test_the_gravest_kind_counts_whatever_the_order(kinds, count):
    taken = kinds[:count]
    assert kind_of(taken) == min(taken, key=GRAVITY.index)


def test_nothing_done_has_no_kind():
    assert kind_of([]) == ""


@given(
    st.lists(st.lists(st.sampled_from(sorted(CONDUCTS)), max_size=4), max_size=4),
    st.sampled_from(["", "me", "colleague", "several"]),
)
def test_going_on_from_page_to_page_visits_each_once_and_ends(done, who):
    answers = content(
        *[part(n, consent="self" if n == 1 else "", conducts=d) for n, d in enumerate(done, 1)] or [part()], who=who
    )
    page, visited = PageKey("who"), []
    while page:
        visited.append(str(page))
        page = after(answers, page, CONDUCTS, at=AT)
    assert visited == pages_of(answers)


# Enough to submit


def problems(answers):
    return [(str(problem.page), problem.sentence) for problem in enough_to_submit(answers, CONDUCTS)]


def test_who_when_where_and_what_are_enough():
    assert problems(content()) == []


def test_an_empty_draft_lacks_who_when_and_where():
    empty = content(
        who="",
        began=None,
        assaults=[],
        where={"district_id": None, "elsewhere": False, "place_type_id": None, "place_detail": ""},
    )
    assert [page for page, _ in problems(empty)] == ["who", "when", "where"]


def test_not_sure_is_an_answer_to_where():
    where = {"district_id": None, "elsewhere": True, "place_type_id": None, "place_detail": ""}
    assert problems(content(where=where, answered=["where"])) == []
    assert [page for page, _ in problems(content(where=where))] == ["where"]


def test_the_20_second_log_needs_no_place():
    where = {"district_id": None, "elsewhere": False, "place_type_id": None, "place_detail": ""}
    assert problems(content(part(conducts=["verbal-abuse"]), where=where, quick_log=True)) == []


def test_what_was_done_is_asked_of_each_person_by_name():
    answers = content(part(), part(2, consent="agrees"), who="several")
    found = enough_to_submit(answers, CONDUCTS, {2: "Sam Example"})
    assert [(str(p.page), p.sentence) for p in found] == [
        ("what/1", "Say what was done to you."),
        ("what/2", "Say what was done to Sam Example."),
    ]
    to_somebody_else = enough_to_submit(answers, CONDUCTS, {1: "Kim Example", 2: "Sam Example"})
    assert to_somebody_else[0].sentence == "Say what was done to Kim Example."


def test_who_took_their_part_over_does_not_make_the_writer_one_of_those_assaulted():
    taken = part(1, person_id=2, conducts=["punch"])
    assert problems(content(taken, who="colleague")) == []
    assert page_values(content(taken, who="colleague"), PageKey("who")) == {"who": "colleague", "among": False}


@pytest.mark.parametrize(
    ("who", "parts"),
    [
        ("me", [part(conducts=["punch"]), part(2, consent="agrees", conducts=["punch"])]),
        ("colleague", [part(conducts=["punch"])]),
        ("several", [part(conducts=["punch"])]),
        ("colleague", []),
    ],
    ids=["only me, others named", "colleague, own part here", "several, one named", "nobody named"],
)
def test_people_who_do_not_fit_the_first_answer_are_a_problem_of_the_people_page(who, parts):
    answers = content(who=who, assaults=parts)
    assert [page for page, _ in problems(answers)] == ["people"]


# Enough to accept


def full(**changes):
    one = part(conducts=["spit"], injury="none", duty_status="on-duty", health={"exposure_routes": ["eye"]})
    return content(one, activity_id=1, crewing="single", crime_recorded="pending") | changes


def test_a_full_report_is_enough_to_accept():
    assert enough_to_accept(full(), CONDUCTS) == []


@pytest.mark.parametrize(
    ("changes", "page"),
    [
        ({"activity_id": None}, "activity"),
        ({"crewing": ""}, "activity"),
        ({"crime_recorded": ""}, "crime"),
        ({"crime_recorded": "yes"}, "crime"),
        ({"where": {"district_id": None, "elsewhere": False, "place_type_id": 1, "place_detail": ""}}, "where"),
        ({"assaults": [part(conducts=["punch"], duty_status="on-duty")]}, "injured/1"),
        ({"assaults": [part(conducts=["punch"], injury="none")]}, "equipment/1"),
        ({"assaults": [part(conducts=["spit"], injury="none", duty_status="home")]}, "exposure/1"),
    ],
)
def test_what_a_supervisor_looks_for_names_the_page_that_mends_it(changes, page):
    assert [str(problem.page) for problem in enough_to_accept(full(**changes), CONDUCTS)] == [page]


def test_everything_needed_to_submit_is_needed_to_accept():
    assert enough_to_accept(full(who=""), CONDUCTS) == enough_to_submit(full(who=""), CONDUCTS)


def test_the_20_second_log_is_complete_as_it_is():
    log = content(part(conducts=["verbal-abuse"]), quick_log=True)
    assert enough_to_accept(log, CONDUCTS) == []


# Sections


def states(answers):
    return {str(section.page): section.state for section in sections(answers, CONDUCTS)}


def test_the_sections_follow_what_was_done():
    verbal = states(content(part(conducts=["verbal-abuse"], injury="none")))
    assert verbal["weapons"] == State.NOT_NEEDED
    assert verbal["injury/1"] == State.NOT_NEEDED
    assert "exposure/1" not in verbal
    spat_at = states(content(part(conducts=["spit"], injury="physical"), answered=["activity", "injury/1"]))
    assert spat_at["weapons"] == State.TO_DO
    assert spat_at["exposure/1"] == State.TO_DO
    assert spat_at["activity"] == spat_at["injury/1"] == State.EMPTY  # passed, and nothing said
    told = content(part(conducts=["punch"]), narrative="He hit me.", answered=["words", "support"])
    assert page_state(told, PageKey("words")) == State.DONE
    assert page_state(told, PageKey("support")) == State.EMPTY


def test_sections_about_a_person_stand_once_for_each():
    answers = content(part(conducts=["punch"]), part(2, consent="agrees", conducts=["punch"]), who="several")
    assert [key for key in states(answers) if key.startswith("equipment")] == ["equipment/1", "equipment/2"]


# What a page writes


def test_two_pages_write_different_things_and_a_change_shows():
    answers = content(part(conducts=["spit"]))
    pages = core_pages(answers, CONDUCTS, at=AT) + [section.page for section in sections(answers, CONDUCTS)]
    before_change = {page: digest(page_values(answers, page)) for page in pages}
    answers["narrative"] = "He turned round and spat."
    changed = [str(page) for page in pages if digest(page_values(answers, page)) != before_change[page]]
    assert changed == ["words"]


def test_every_answer_is_written_by_some_page():
    answers = full()
    pages = [PageKey("people"), PageKey("late"), *core_pages(answers, CONDUCTS, at=AT)]
    pages += [section.page for section in sections(answers, CONDUCTS)]
    written = set().union(*(page_values(answers, page) for page in pages))
    flat = set(answers) - {"writer_id", "assaults", "answered", "quick_log", "told", "where"}
    flat |= set(answers["told"]) | set(answers["where"])
    flat |= set(part()) - {
        "position",
        "person_id",
        "outside_name",
        "outside_contact",
        "worker_type",
        "consent",
        "health",
    }
    assert flat <= written


def test_a_part_that_is_not_there_writes_nothing():
    assert page_values(content(), PageKey("what", 9)) == {}
