"""What shows that something owed was done: one form of its own for each kind of duty. Pure: knows no rows.

A form is a list of questions. Its code stands in the row of the entitlement (`evidence_form`), so that a later edition
may ask for other evidence by naming another form. What is answered is kept sealed with the clock.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Question:
    """One question of a form.

    `kind`: "choice", "choices" (several), "date", "number", "text" (a line) or "words" (several lines).
    `only_if`: (name, values): asked, and required, only when that earlier answer is one of those.
    """

    name: str
    label: str
    kind: str = "text"
    options: tuple[tuple[str, str], ...] = ()
    required: bool = True
    hint: str = ""
    only_if: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True)
class EvidenceForm:
    """The questions that show one kind of duty done.

    `told`: the person was told something, so the channel is asked. `own`: done elsewhere in the service, by the action
    that the duty is about, and never by this form alone.
    """

    code: str
    title: str
    questions: tuple[Question, ...] = ()
    told: bool = False
    own: str = ""

    def question(self, name):
        """Give the question of that name."""
        return next(question for question in self.questions if question.name == name)


YES_NO = (("yes", "Yes"), ("no", "No"))
NOT_WANTED = ("declined", "They did not want it")


def _words(name="words", label="What they were told, in short", required=False, hint="", only_if=None):
    return Question(name, label, "words", (), required, hint, only_if)


FORMS = {
    form.code: form
    for form in (
        EvidenceForm(
            "understanding", "Being understood",
            (
                Question("language", "Do they need an interpreter or a translation?", "choice",
                         (("no", "No"), ("spoken", "An interpreter"), ("sign", "British Sign Language"),
                          ("written", "A written translation"), ("easy", "Easy read or large print"))),
                Question("met", "How that need was met", "words", (), True, "",
                         ("language", ("spoken", "sign", "written", "easy"))),
                Question("companion", "Were they told that they may bring somebody along?", "choice", YES_NO),
            ), told=True,
        ),
        EvidenceForm(
            "crime", "The crime record",
            (
                Question("number", "Crime number", hint="One crime for each person assaulted"),
                Question("class", "Offence as recorded", required=False),
            ),
        ),
        EvidenceForm(
            "interviews", "Few interviews, and apart from the suspect",
            (
                Question("count", "How often they were interviewed so far", "number"),
                Question("apart", "Were they and the suspect kept apart, in custody too?", "choice",
                         (("yes", "Yes"), ("no", "No"), ("not-here", "There was no suspect present"))),
                Question("why_not", "Why not, and what was done about it", "words", (), True, "", ("apart", ("no",))),
                Question("support", "Did they have somebody with them who they wanted there?", "choice",
                         (*YES_NO, NOT_WANTED)),
            ),
        ),
        EvidenceForm(
            "confirmation", "Written confirmation",
            (
                Question("holds", "The confirmation says", "choices",
                         (("offence", "the offence"), ("number", "the crime number"), ("officer", "who to contact"))),
                Question("edition", "Letter or template used", hint="Its name or number, and its date"),
            ), told=True,
        ),
        EvidenceForm(
            "information", "Information for victims",
            (
                Question("given", "What they were given", "choices",
                         (("services", "Where to get help"), ("rights", "The Victims’ Code"),
                          ("justice", "Restorative justice"))),
                Question("edition", "Leaflet or message used", hint="Its name, and its date"),
            ), told=True,
        ),
        EvidenceForm("assessment", "Needs assessment", own="assess"),
        EvidenceForm("referral", "Support", own="contact"),
        EvidenceForm(
            "compensation", "Information about compensation",
            (
                Question("ways", "They were told about", "choices",
                         (("court", "compensation ordered by a court"),
                          ("cica", "the Criminal Injuries Compensation Authority, and its time limit"),
                          ("duty", "injury on duty: pay, pension and gratuity"))),
            ), told=True,
        ),
        EvidenceForm("update", "Telling them", (_words(required=True),), told=True),
        EvidenceForm(
            "update-reasons", "Telling them, with the reasons",
            (
                _words(required=True),
                Question("reasons", "The reasons they were given", "words"),
                Question("support", "Were they offered support again?", "choice", YES_NO),
            ), told=True,
        ),
        EvidenceForm(
            "update-bail", "Telling them about bail",
            (
                Question("conditions", "Conditions that protect them", "words",
                         hint="Such as no contact, or to stay away from a place. Say “none” if there are none."),
                Question("breach", "Were they told what to do if a condition is broken?", "choice", YES_NO),
            ), told=True,
        ),
        EvidenceForm(
            "preference", "How and how often they are updated",
            (
                Question("way", "How they want to be told", "choice",
                         (("call", "Phone call"), ("text", "Text message"), ("email", "Email"),
                          ("in-person", "In person"), ("none", "No updates, thank you"))),
                Question("often", "How often", "choice",
                         (("events", "Only when something happens"), ("weekly", "Every week"),
                          ("monthly", "Every four weeks")), True, "",
                         ("way", ("call", "text", "email", "in-person"))),
                Question("next", "When the next update is due", "date", (), False),
            ), told=True,
        ),
        EvidenceForm(
            "update-decision", "Telling them what was decided",
            (
                _words(label="The decision and the reasons, as they were told", required=True),
                Question("review", "Were they told how to ask for a review?", "choice",
                         (("yes", "Yes"), ("not-here", "A charge: there is nothing to review"))),
            ), told=True,
        ),
        EvidenceForm(
            "review", "The right to a review",
            (
                Question("asked", "Did you ask for a review?", "choice", (("yes", "Yes"), ("no", "No"))),
                Question("asked_on", "When", "date", (), True, "", ("asked", ("yes",))),
                Question("answer", "What came of it", "words", (), False, "", ("asked", ("yes",))),
            ),
        ),
        EvidenceForm(
            "view", "Their view before the outcome",
            (
                Question("taken", "Their view", "choice",
                         (("taken", "They gave it"), ("declined", "They did not want to give one"),
                          ("not-reached", "They could not be reached after several tries"))),
                Question("view", "What they said", "words", (), True, "", ("taken", ("taken",))),
                Question("tries", "When it was tried, and how", "words", (), True, "", ("taken", ("not-reached",))),
            ),
        ),
        EvidenceForm("statement", "Victim Personal Statement", own="statement"),
        EvidenceForm(
            "hearing", "Telling them of a hearing",
            (
                Question("told", "They were told", "choices",
                         (("time", "the date and time"), ("place", "the court"), ("coming", "whether to come"))),
            ), told=True,
        ),
        EvidenceForm(
            "court", "When the court told us",
            (Question("reference", "The court’s reference", required=False),),
        ),
        EvidenceForm(
            "witness", "Telling them that they are needed as a witness",
            (
                Question("dates", "The dates", hint="As the court gave them"),
                Question("roster", "Is their duty roster changed for it?", "choice",
                         (("yes", "Yes"), ("asked", "Asked for"), ("free", "They are free then"))),
            ), told=True,
        ),
        EvidenceForm(
            "trial-needs", "Needs before the trial",
            (
                Question("needs", "Their needs were asked about again", "choice", (*YES_NO, NOT_WANTED)),
                Question("witness_service", "The Witness Service", "choice",
                         (("referred", "Referred"), ("declined", "They did not want it"))),
                Question("measures", "Special measures", "choice",
                         (("granted", "Granted"), ("refused", "Asked for and refused"), ("asked", "Asked for"),
                          ("none", "None wanted"))),
                Question("measures_words", "Which, and why they were refused if they were", "words", (), True, "",
                         ("measures", ("granted", "refused", "asked"))),
            ),
        ),
        EvidenceForm(
            "outcome", "Telling them the outcome",
            (
                Question("verdict", "The verdict or sentence, in plain words", "words"),
                Question("meaning", "What it means for them", "words"),
            ), told=True,
        ),
        EvidenceForm(
            "expenses", "Witness expenses",
            (
                Question("claimed_on", "When they were claimed", "date"),
                Question("paid_on", "When they were paid", "date"),
            ),
        ),
        EvidenceForm(
            "property", "Their property",
            (
                Question("items", "What was given back", "words", hint="Such as uniform, phone or body armour"),
                Question("receipt", "Who signed for it, and where the receipt is"),
            ),
        ),
        EvidenceForm(
            "contact-scheme", "Victim Contact Scheme",
            (
                Question("choice", "What was done", "choice",
                         (("referred", "Referred to Probation"), ("declined", "They did not want it"))),
                Question("reference", "Probation’s reference", "text", (), False, "", ("choice", ("referred",))),
            ), told=True,
        ),
        EvidenceForm("acknowledgement", "Acknowledging the complaint", (_words(required=True),), told=True),
        EvidenceForm(
            "claim", "A claim to the Criminal Injuries Compensation Authority",
            (
                Question("claimed", "Did you claim?", "choice", (("yes", "Yes"), ("no", "I decided not to"))),
                Question("reference", "Their reference", "text", (), False, "", ("claimed", ("yes",))),
            ),
        ),
        # the force's assault plan
        EvidenceForm(
            "same-care", "Investigated with the same care",
            (
                Question("own_crime", "Does each person assaulted have a crime of their own?", "choice", YES_NO),
                Question("why_not", "Why not, and by when", "words", (), True, "", ("own_crime", ("no",))),
                Question("not_added", "Is it worked on for itself, not as part of another case?", "choice", YES_NO),
            ),
        ),
        EvidenceForm(
            "code-applies", "The Victims’ Code is used",
            (
                Question("told", "Do they know that the Victims’ Code applies to them?", "choice", YES_NO),
                Question("officer_knows", "Does the officer in the case know what is owed, and by when?", "choice",
                         (*YES_NO, ("none", "Nobody is named yet"))),
            ),
        ),
        EvidenceForm(
            "own-officer", "Somebody else investigates",
            (
                Question("statements", "Did somebody else take the statements?", "choice",
                         (("yes", "Yes"), ("no", "No"), ("none", "None taken yet"))),
                Question("why_not", "What happened, and what was done about it", "words", (), True, "",
                         ("statements", ("no",))),
            ),
        ),
        EvidenceForm(
            "first-contact", "The first word with them",
            (
                Question("how", "How", "choice",
                         (("in-person", "In person"), ("phone", "By phone"), ("video", "By video call"),
                          ("declined", "They did not want to talk now"))),
                Question("looked", "Did you ask how it is for them, past “I’m fine”?", "choice", YES_NO),
            ),
        ),
        EvidenceForm(
            "told", "Who was told",
            (
                Question("command", "Local command", "choice", (("told", "Told"), ("later", "At the next meeting"))),
                Question("association", "Their staff association or union", "choice",
                         (("offered", "Offered, and told as they wished"), ("declined", "Offered, and they said no")),
                         hint="Never write down which one: membership is private."),
                Question("hospital", "Are they in hospital?", "choice",
                         (("no", "No"), ("told", "Yes, and the chief officer on call was told at once"))),
            ),
        ),
        EvidenceForm(
            "best-evidence", "Best evidence",
            (
                Question("gathered", "Gathered so far", "choices",
                         (("bwv", "Body-worn video kept"), ("cctv", "CCTV asked for"), ("photos", "Photos of injuries"),
                          ("medical", "Medical evidence"), ("witnesses", "Other witnesses"),
                          ("statement", "A proper statement"), ("impact", "A Victim Personal Statement offered"))),
                Question("missing", "What is still missing, and by when", "words", (), False),
            ),
        ),
        EvidenceForm(
            "learned", "Recorded, and learned from",
            (
                Question("record", "Is the health and safety record made?", "choice",
                         (("yes", "Yes"), ("not-needed", "Not needed: no injury, no exposure"))),
                Question("lesson", "What others should know", "words", (), False,
                         "No names. Such as tactics, kit, crewing or a place."),
            ),
        ),
        # check-ins
        EvidenceForm(
            "check-in", "How they are",
            (
                Question("concern", "How worried are you about them?", "choice",
                         (("none", "Not worried"), ("some", "A little"), ("high", "Very: act today"))),
                Question("words", "What was said", "words", (), False,
                         "Read by them and by whoever carries their case, and by no manager."),
                Question("adjustment", "What would help at work", "text", (), False,
                         "Their manager reads this line alone. Leave it empty if they want nothing said."),
            ), told=True,
        ),
        EvidenceForm(
            "check-in-trim", "How they are, and trauma support",
            (
                Question("trim", "Trauma risk management (TRiM)", "choice",
                         (("accepted", "Offered, and they want it"), ("assessed", "They have been seen"),
                          ("declined", "Offered, and not for now"))),
                Question("concern", "How worried are you about them?", "choice",
                         (("none", "Not worried"), ("some", "A little"), ("high", "Very: act today"))),
                Question("words", "What was said", "words", (), False,
                         "Read by them and by whoever carries their case, and by no manager."),
                Question("adjustment", "What would help at work", "text", (), False,
                         "Their manager reads this line alone. Leave it empty if they want nothing said."),
            ), told=True,
        ),
        EvidenceForm(
            "check-in-manager", "How they are after a week",
            (
                Question("duty", "Are they back at their normal duties?", "choice",
                         (("yes", "Yes"), ("adjusted", "With changes"), ("off", "Not at work"))),
                Question("adjustment", "What would help at work", "text", (), False, "Leave it empty if nothing."),
            ), told=True,
        ),
        # after an exposure
        EvidenceForm(
            "first-aid", "First aid after the exposure",
            (
                Question("given", "First aid", "choice",
                         (("yes", "Given at once"), ("later", "Given later"), ("none", "Not given"),
                          ("shown", "The report showed how, at the moment it was told"))),
                Question("who", "By whom, and where", "text", (), False),
            ),
        ),
        EvidenceForm(
            "exposure-advice", "Advice on infection",
            (
                Question("where", "Where they got it", "choice",
                         (("occupational-health", "Occupational health"), ("emergency", "Emergency department"),
                          ("gp", "Their own doctor"), ("declined", "They did not want it"))),
                Question("treatment", "Treatment to prevent an infection", "choice",
                         (("started", "Started"), ("not-needed", "Not needed"), ("too-late", "Too late for it"),
                          ("declined", "They did not want it"), ("not-said", "They would rather not say"))),
            ),
        ),
        EvidenceForm(
            "blood-test", "The blood test",
            (
                Question("done", "The test", "choice",
                         (("done", "Done"), ("not-needed", "Not needed, the doctor said"),
                          ("declined", "They did not want it")),
                         hint="No result is kept here."),
            ),
        ),
    )
}  # fmt: skip
"""Every form, by its code."""


def problems(form: EvidenceForm, facts: dict) -> dict[str, str]:
    """Give what is wrong with the answers, by the name of the question; empty if nothing is.

    :param facts: name of a question -> a code, a list of codes, a text, a whole number, or a date as YYYY-MM-DD
    """
    wrong = {name: "This form has no such question." for name in facts if name not in {q.name for q in form.questions}}
    for question in form.questions:
        answer = facts.get(question.name)
        if not asked(question, facts):
            continue
        if answer in (None, "", []):
            if question.required:
                wrong[question.name] = f"Answer “{question.label}”."
            continue
        if not _fits(question, answer):
            wrong[question.name] = f"“{question.label}” has an answer that is not possible."
    return wrong


def asked(question: Question, facts: dict) -> bool:
    """Whether a question is asked, given the answers so far."""
    if question.only_if is None:
        return True
    name, values = question.only_if
    return facts.get(name) in values


def kept(form: EvidenceForm, facts: dict) -> dict:
    """Give the answers that are kept: of questions that were asked, and not empty."""
    return {
        question.name: facts[question.name]
        for question in form.questions
        if asked(question, facts) and facts.get(question.name) not in (None, "", [])
    }


def in_words(form: EvidenceForm, facts: dict | None) -> list[tuple[str, str]]:
    """Give the answers as pairs of question and words, for a page."""
    pairs = []
    for question in form.questions:
        answer = (facts or {}).get(question.name)
        if answer in (None, "", []):
            continue
        labels = dict(question.options)
        if question.kind == "choices":
            words = ", ".join(labels.get(code, code) for code in answer)
        elif question.kind == "date":
            day = date.fromisoformat(answer)
            words = f"{day.day} {day:%B %Y}"
        else:
            words = labels.get(answer, str(answer))
        pairs.append((question.label, words))
    return pairs


def _fits(question, answer):
    codes = {code for code, _ in question.options}
    if question.kind == "choice":
        return answer in codes
    if question.kind == "choices":
        return isinstance(answer, list) and set(answer) <= codes
    if question.kind == "number":
        return isinstance(answer, int) and not isinstance(answer, bool) and 0 <= answer <= 1000
    if question.kind == "date":
        try:
            return isinstance(answer, str) and bool(date.fromisoformat(answer))
        except ValueError:
            return False
    return isinstance(answer, str) and len(answer) <= 20_000
