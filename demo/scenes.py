"""Reports that are always there, whatever the size: one for each thing that a page has to show. Pure.

They belong to the reporter, the supervisors and the inspector who sign in, so that each finds their queue in order:
twelve reports wait for the first supervisor, two of them with a first contact that is overdue.
"""

from datetime import datetime, timedelta

from demo.stories import Cast, Part, Step, Story, moment_of, wall_of

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_TELFORD = "X06000020"
_YES = {"support": "yes", "channel": "call", "contact": "01632 960123", "safe_times": "after 14:00"}
_LATER = {"support": "later", "channel": "text", "contact": "01632 960456", "safe_times": "not on rest days"}
_NO = {"support": "no", "channel": "", "contact": "", "safe_times": ""}


def scenes(cast: Cast, now: datetime) -> list[Story]:
    """Give the scenes: reports at a fixed distance before `now`."""
    return [*_Reporter(cast, now).stories(), *_Queue(cast, now).stories(), *_Elsewhere(cast, now).stories()]


class _Scenes:
    def __init__(self, cast, now):
        self.now = now
        self.reporter = cast.signed("reporter")
        self.first, self.second = cast.signed("supervisor"), cast.signed("supervisor2")
        team = [p.number for p in cast.own if not p.role]
        self.mates = [number for number in team if number != self.reporter]
        self.custody = [p.number for p in cast.teams["shrewsbury-custody"] if p.worker_type == "detention-officer"]
        self.elsewhere = [p.number for p in cast.teams["shrewsbury-response-a"] if not p.role]
        self.outside_area = [p.number for p in cast.teams["hereford-response"] if not p.role]
        self.control = [p.number for p in cast.teams["control-room"] if not p.role]
        self.officer = next(p.number for p in cast.teams["roads-policing"] if not p.role)

    def story(self, name, who, before: timedelta, parts, *, delay=timedelta(minutes=40), **more) -> Story:
        """A report of something that began `before` now, begun `delay` after it."""
        began = wall_of(self.now - before)
        told = {"district": _TELFORD, "precision": "about"} | more
        story = Story(who=who, opened_at=moment_of(began) + delay, began=began, parts=parts, name=name, **told)
        if story.wish:
            story.wish = {"may_leave_message": False, **story.wish}
        if delay > _DAY and story.late_reason is None:
            story.late_reason = ""
        return story

    def mine(self, *conducts, **more):
        return Part(person=self.reporter, conducts=conducts, consent="self", **more)

    def contact(self, story, after=2 * _HOUR, how="in-person"):
        story.steps.append(Step(story.opened_at + after, "contact", {"how": how}))
        return story

    def accepted(self, story, after=2 * _DAY):
        """Speak to everybody, and accept the report; kept in the past by whoever calls."""
        self.contact(story)
        story.steps.append(Step(story.opened_at + after, "accept"))
        return story

    @staticmethod
    def choose(story, verb, after, position=1, **what):
        story.steps.append(Step(story.opened_at + after, "choose", {"verb": verb, "position": position, **what}))
        return story

    @staticmethod
    def complete(story, after=1 * _HOUR, **sections):
        story.steps.append(Step(story.opened_at + after, "complete", sections))
        return story


_ACTIVITY = {
    "activity": "arrest",
    "crewing": "double",
    "assistance_called": True,
    "assistance_minutes": 6,
    "people_present": 5,
    "deescalation_tried": True,
    "force_used": True,
}
_HEALTH = {
    "injury_types": ["bruise"],
    "body_parts": ["face"],
    "treatment": "first-aid",
    "impact": "a-bit",
    "notes": "Sore when I chew.",
}
_EQUIPMENT = {"duty_status": "on-duty", "ppe_worn": ["body-armour"], "bwv": "recording"}
_SUSPECT = {
    "known": "identified",
    "nominal_reference": "",
    "colleague_id": None,
    "age_band": "25-34",
    "sex": "male",
    "influence": ["alcohol"],
    "mental_health": "none-apparent",
    "demeanour": "aggressive",
    "relationship": "known-from-policing",
}


class _Reporter(_Scenes):
    """What the reporter finds: every state of their own reports."""

    def stories(self):
        yield from (
            self._spat_at(),
            self._punched(),
            self._filed_for_a_colleague(),
            self._withdrawn(),
            self._late(),
            self._merged(),
            self._closed_by_wish(),
            self._returned(),
            self._fresh_draft(),
            self._old_draft(),
        )
        yield from self._log()

    def _spat_at(self):
        story = self.story(
            "accepted, exposed, support taken up, officer named",
            self.reporter,
            36 * _DAY + 4 * _HOUR,
            [
                self.mine(
                    "spit",
                    "verbal-abuse",
                    injury="psychological",
                    fluids=("saliva",),
                    routes=("eye", "intact-skin"),
                    contact="contact",
                    equipment=_EQUIPMENT,
                    detail={"words_used": "Swearing, and remarks about my family.", "hate_strands": None},
                )
            ],
            place="licensed",
            wish=_YES,
            narrative="Door staff asked for help with a customer who would not leave. When I took his arm he turned and"
            " spat into my face. It went into my right eye. I rinsed it at the bar.",
        )
        self.complete(story, activity=_ACTIVITY, crime="yes", crime_number="22/48151/26", suspect=_SUSPECT)
        self.accepted(story)
        story.steps += [
            Step(story.opened_at + 3 * _DAY, "assign", {"officer": self.officer}),
            Step(
                story.opened_at + 5 * _DAY,
                "add",
                {"body": "Occupational health has taken blood. Results in six weeks."},
            ),
        ]
        return story

    def _punched(self):
        story = self.story(
            "accepted, hurt, support declined",
            self.reporter,
            131 * _DAY,
            [self.mine("punch", injury="both", health=_HEALTH, equipment=_EQUIPMENT)],
            place="street",
            wish=_NO,
            narrative="We had stopped a person who matched a description. He punched me once in the face and ran.",
        )
        self.complete(story, activity=_ACTIVITY, crime="yes", crime_number="22/31415/26", weapons=["none"])
        self.accepted(story, 3 * _DAY)
        story.steps.append(
            Step(
                story.opened_at + 4 * _DAY,
                "correct",
                {"field": "place_type", "value": "public-transport", "reason": "It was at the bus station."},
            )
        )
        return story

    def _filed_for_a_colleague(self):
        mate = Part(person=self.mates[0], conducts=("kick",), consent="agrees", injury="physical", health=_HEALTH)
        story = self.story(
            "filed for a colleague, who took it over",
            self.reporter,
            62 * _DAY,
            [mate],
            place="dwelling",
            narrative="My colleague was kicked in the leg as we went in.",
        )
        self.accepted(story)
        story.steps.append(Step(story.opened_at + 3 * _DAY, "take over", {"position": 1}))
        return self.choose(story, "decline", 4 * _DAY)

    def _withdrawn(self):
        story = self.story(
            "withdrawn",
            self.reporter,
            88 * _DAY,
            [self.mine("push-grab", injury="none")],
            narrative="I was pushed in a crowd.",
        )
        self.contact(story)
        story.steps.append(
            Step(story.opened_at + 5 * _HOUR, "withdraw", {"reason": "I watched the video: they tripped."})
        )
        return self.choose(story, "decline", 6 * _HOUR)

    def _late(self):
        story = self.story(
            "late",
            self.reporter,
            214 * _DAY,
            [self.mine("resist", injury="not-yet-known")],
            delay=19 * _DAY,
            late_reason="It seemed like part of the job. My hand still hurts.",
            place="custody",
            narrative="They fought against the handcuffs and my hand was bent back.",
        )
        self.accepted(story)
        return self.choose(story, "already_supported", 3 * _DAY)

    def _merged(self):
        story = self.story(
            "merged",
            self.mates[1],
            71 * _DAY,
            [
                Part(person=self.mates[1], conducts=("kick",), consent="self", injury="none"),
                Part(person=self.reporter, conducts=("push-grab",)),
            ],
            place="licensed",
            narrative="They kicked me and pushed my colleague over.",
        )
        story.double = self.story(
            "merged",
            self.reporter,
            71 * _DAY - 10 * _MINUTE,
            [self.mine("push-grab", injury="none")],
            place="licensed",
            narrative="Pushed over at the door of the same pub.",
        )
        story.double.opened_at = story.opened_at + 20 * _MINUTE
        self.contact(story.double)
        story.steps.append(Step(story.opened_at + _DAY, "merge", {"reason": "One event, reported by both officers."}))
        self.accepted(story)
        self.choose(story, "decline", 3 * _DAY, position=1)
        return self.choose(story, "decline", 4 * _DAY, position=2)

    def _closed_by_wish(self):
        story = self.story(
            "closed to all but a list, on the wish of the person",
            self.reporter,
            45 * _DAY,
            [self.mine("threat-to-family")],
            place="dwelling",
            wish=_LATER,
            narrative="They said they know where my children go to school.",
        )
        story.steps.append(Step(story.opened_at, "restrict"))
        self.accepted(story)
        return self.choose(story, "agree", 12 * _DAY)

    def _returned(self):
        story = self.story(
            "returned, and open",
            self.reporter,
            4 * _DAY + 3 * _HOUR,
            [self.mine("scratch", injury="physical")],
            place="police-vehicle",
            narrative="They scratched my neck as we put them into the car.",
        )
        self.contact(story)
        reason = "Please say whether the skin was broken, and whether video was on."
        story.steps.append(Step(story.opened_at + 2 * _DAY, "return", {"reason": reason}))
        return story

    def _fresh_draft(self):
        return self.story(
            "a fresh draft",
            self.reporter,
            5 * _HOUR,
            [self.mine("headbutt", "verbal-abuse")],
            place="licensed",
            stops_after="what",
            delay=_HOUR,
        )

    def _old_draft(self):
        return self.story(
            "a draft near its end",
            self.reporter,
            28 * _DAY,
            [self.mine("throw-object")],
            place="street",
            stops_after="where",
        )

    def _log(self):
        for days, conduct, said in (
            (1.3, "verbal-abuse", "Sworn at for ten minutes outside the takeaway."),
            (6.1, "verbal-abuse", ""),
            (13.4, "threat-of-violence", "“Wait till you are on your own.”"),
            (34.2, "verbal-abuse", ""),
            (57.9, "discriminatory-abuse", "About my name."),
        ):
            story = self.story(
                "the log",
                self.reporter,
                days * _DAY,
                [self.mine(conduct)],
                delay=5 * _MINUTE,
                log=True,
                district=None,
                narrative=said,
            )
            self.contact(story)
            yield self.choose(story, "decline", 2 * _HOUR)


class _Queue(_Scenes):
    """What waits on the desk of the team: twelve for the first supervisor, among them a pair reported twice."""

    def stories(self):
        yield from (
            self._bitten(),
            self._for_the_reporter(),
            self._footage(),
            self._twice(),
            self._twice_more(),
            self._overdue(15, "punch"),
            self._overdue(19, "kick"),
            self._several(),
            self._strangled(),
            self._threatened(),
            self._sexual(),
            self._again(),
        )
        yield from (self._second_supervisor_only(), self._supervisor_hurt(), self._mates_draft())

    def _own(self, number, *conducts, **more):
        return Part(person=self.mates[number], conducts=conducts, consent="self", **more)

    def _bitten(self):
        story = self.story(
            "waits: bitten, exposed, hurt",
            self.reporter,
            13 * _HOUR,
            [
                self.mine(
                    "bite",
                    "resist",
                    injury="physical",
                    fluids=("saliva",),
                    routes=("broken-skin",),
                    contact="contact",
                    health=_HEALTH
                    | {"injury_types": ["bite-broken"], "body_parts": ["hand"], "treatment": "emergency-department"},
                )
            ],
            place="dwelling",
            wish=_YES,
            narrative="We were called to an argument between people who live together. One of them bit my hand while we"
            " held the other. The skin is broken.",
        )
        return self.contact(story)

    def _for_the_reporter(self):
        story = self.story(
            "waits: filed for the reporter, who has not taken it over",
            self.mates[2],
            2 * _DAY + 6 * _HOUR,
            [Part(person=self.reporter, conducts=("push-grab", "verbal-abuse"), consent="agrees", injury="none")],
            place="retail",
            narrative="Shop staff were holding somebody when we arrived. They pushed my colleague.",
        )
        return self.contact(story)

    def _footage(self):
        story = self.story(
            "waits: footage is about to be deleted",
            self.reporter,
            28 * _DAY + 2 * _HOUR,
            [self.mine("punch", injury="physical")],
            delay=23 * _DAY,
            late_reason="The bruise was worse than I thought, and then I was on leave.",
            place="street",
            narrative="Punched in the arm while we broke up a fight.",
        )
        self.contact(story)
        gone_on = (story.began + 31 * _DAY).date()
        clip = {"source": "cctv", "reference": "Town centre camera 4", "deleted_on": gone_on, "kept_as_evidence": False}
        return self.complete(story, footage=clip, activity=_ACTIVITY)

    def _twice(self):
        return self.contact(
            self.story(
                "waits: one event of a likely pair",
                self.mates[3],
                30 * _HOUR,
                [self._own(3, "kick", injury="none"), Part(person=self.mates[4], conducts=("punch",))],
                place="licensed",
                narrative="A group was being moved on from the bar. They kicked me, and punched my colleague.",
            )
        )

    def _twice_more(self):
        return self.contact(
            self.story(
                "waits: the same event again, by the other",
                self.mates[4],
                30 * _HOUR - 10 * _MINUTE,
                [self._own(4, "punch", injury="physical"), Part(person=self.mates[3], conducts=("kick",))],
                place="licensed",
                narrative="Punched in the chest at the bar. My colleague was kicked.",
                delay=_HOUR,
            )
        )

    def _overdue(self, hours, conduct):
        return self.story(
            f"waits: nobody has spoken to them for {hours} hours",
            self.mates[5 if hours < 18 else 6],
            hours * _HOUR,
            [self._own(5 if hours < 18 else 6, conduct, injury="psychological")],
            place="street",
            narrative="On my own with him until the van came.",
        )

    def _several(self):
        story = self.story(
            "waits: four people in one struggle",
            self.mates[7],
            3 * _DAY + 5 * _HOUR,
            [
                self._own(7, "resist", "kick", injury="physical", health=_HEALTH),
                Part(person=self.custody[0], conducts=("spit",), fluids=("saliva",), contact="missed", injury="none"),
                Part(person=self.custody[1], conducts=("push-grab",), injury="none", consent="unaware"),
                Part(outside=("Paramedic Example-12", "01632 960012", "other-emergency-worker"), conducts=("kick",)),
            ],
            place="custody",
            narrative="It took all of us to get them through the door of the cell.",
        )
        return self.contact(story)

    def _strangled(self):
        story = self.story(
            "waits: pressure on the neck",
            self.mates[0],
            26 * _HOUR,
            [
                self._own(
                    0,
                    "strangle",
                    injury="both",
                    health=_HEALTH
                    | {"injury_types": ["strangulation"], "body_parts": ["neck"], "treatment": "emergency-department"},
                )
            ],
            place="hospital",
            wish=_LATER,
            narrative="They had a hand on my throat for some seconds before they let go.",
        )
        return self.contact(story)

    def _threatened(self):
        return self.contact(
            self.story(
                "waits: threatened online",
                self.mates[1],
                5 * _DAY,
                [
                    self._own(
                        1,
                        "online-abuse",
                        "threat-to-family",
                        detail={"words_used": "That they know my street.", "hate_strands": ["none"]},
                    )
                ],
                place="online",
                narrative="A video of my shift was put up, with my number below it.",
                wish=_YES,
            )
        )

    def _sexual(self):
        return self.contact(
            self.story(
                "waits: closed to all but a list by its kind",
                self.mates[2],
                4 * _DAY,
                [self._own(2, "sexual-touching", injury="psychological")],
                place="licensed",
                wish=_YES,
                narrative="They touched me in a way that was meant, while I searched them.",
            )
        )

    def _again(self):
        story = self.story(
            "waits: submitted again after changes",
            self.mates[5],
            6 * _DAY,
            [self._own(5, "throw-object", injury="none")],
            place="street",
            narrative="They threw a glass, which missed me.",
        )
        self.contact(story)
        story.steps += [
            Step(story.opened_at + _DAY, "return", {"reason": "Which street was it? The log has two."}),
            Step(story.opened_at + 4 * _DAY, "submit"),
        ]
        return self.complete(story, place="The corner by the cash machines.")

    def _second_supervisor_only(self):
        story = self.story(
            "waits for the alternate: the first supervisor is named as one who must not see it",
            self.mates[6],
            3 * _DAY,
            [self._own(6, "verbal-abuse", "threat-of-violence")],
            place="street",
            narrative="I would rather that my sergeant did not read this.",
        )
        story.steps.append(Step(story.opened_at, "keep out", {"person": self.first}))
        return self.contact(story)

    def _supervisor_hurt(self):
        part = Part(person=self.first, conducts=("push-grab",), consent="self", injury="none")
        return self.contact(
            self.story(
                "waits for the alternate: the first supervisor was assaulted",
                self.first,
                2 * _DAY,
                [part],
                place="licensed",
                narrative="Pushed at the door.",
            )
        )

    def _mates_draft(self):
        return self.story(
            "somebody else's draft", self.mates[7], 11 * _DAY, [self._own(7, "verbal-abuse")], stops_after="when"
        )


class _Elsewhere(_Scenes):
    """What other desks find: duties that are late, conflicts, and a report that was restricted for a suspect."""

    def stories(self):
        yield from (
            self._escalated(),
            self._no_answer(),
            self._colleague_suspected(),
            self._needle(),
            self._by_control(),
        )
        yield from self._waiting_for_an_answer()

    def _escalated(self):
        who = self.elsewhere[0]
        return self.story(
            "nobody has spoken to them for 31 hours: an inspector looks into it",
            who,
            31 * _HOUR,
            [Part(person=who, conducts=("kick",), consent="self", injury="physical")],
            district="X06000051",
            narrative="Kicked from the ground.",
        )

    def _no_answer(self):
        who = self.elsewhere[1]
        story = self.story(
            "the offer is overdue: no answer for nine days",
            who,
            9 * _DAY,
            [Part(person=who, conducts=("spit",), consent="self", fluids=("saliva",), contact="missed", injury="none")],
            district="X06000051",
        )
        return self.accepted(story)

    def _colleague_suspected(self):
        who = self.outside_area[0]
        story = self.story(
            "closed: a colleague is suspected",
            who,
            20 * _DAY,
            [Part(person=who, conducts=("push-grab",), consent="self", injury="none")],
            place="police-station",
            district="X06000019",
            narrative="It was in the yard, after duty.",
        )
        story.steps.append(Step(story.opened_at, "suspect a colleague", {"person": self.outside_area[1]}))
        self.accepted(story)
        return self.choose(story, "agree", _DAY)

    def _needle(self):
        who = self.outside_area[2]
        story = self.story(
            "a needle",
            who,
            2 * _DAY + 2 * _HOUR,
            [
                Part(
                    person=who,
                    conducts=("needle-stick",),
                    consent="self",
                    injury="physical",
                    fluids=("blood",),
                    routes=("broken-skin",),
                    contact="contact",
                    health=_HEALTH
                    | {"injury_types": ["needle"], "body_parts": ["hand"], "treatment": "emergency-department"},
                )
            ],
            place="street",
            district="X06000019",
            wish=_YES,
            narrative="There was a needle in the pocket and it went through my glove.",
        )
        return self.contact(story)

    def _by_control(self):
        part = Part(person=self.outside_area[3], conducts=("punch",), consent="unaware", injury="physical")
        story = self.story(
            "filed by the control room; the person does not know yet",
            self.control[0],
            8 * _HOUR,
            [part],
            place="street",
            district="X06000019",
        )
        return self.contact(story, 3 * _HOUR, how="phone")

    def _waiting_for_an_answer(self):
        """Offers of the last days, so that the welfare desk has work in every state."""
        later = ((self.elsewhere[2], 7, 3), (self.outside_area[4], 12, 14), (self.elsewhere[3], 3, 21))
        for who, days, wait in later:
            story = self.story(
                "asked to be asked again",
                who,
                days * _DAY,
                [Part(person=who, conducts=("push-grab",), consent="self", injury="none")],
                district=None,
            )
            self.accepted(story)
            yield self.choose(story, "choose_later", _DAY, days=wait)
        who = self.elsewhere[4]
        story = self.story(
            "has support already",
            who,
            10 * _DAY,
            [Part(person=who, conducts=("verbal-abuse",), consent="self")],
            district="X06000051",
        )
        self.accepted(story)
        yield self.choose(story, "already_supported", 2 * _DAY)
