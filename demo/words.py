"""What invented people say in their reports: pure. `{me}` and `{my}` are filled by who tells it."""

SCENES = {
    "street": (
        "We stopped to speak to somebody who was shouting in the road.",
        "I was walking back to the car when somebody came up behind me.",
        "We had stopped a person who matched a description.",
    ),
    "dwelling": (
        "We were called to an argument between people who live together.",
        "I had gone to the address to ask some questions.",
        "Neighbours had called about noise, and we were let in.",
    ),
    "licensed": (
        "Door staff asked for help with a customer who would not leave.",
        "We were called to a fight outside a pub at closing time.",
        "A group was being moved on from the bar.",
    ),
    "custody": (
        "I was taking the person to a cell.",
        "It was at the desk, while their property was listed.",
        "We were moving the person to an observation cell.",
    ),
    "hospital": (
        "I was with a patient in A&E who was waiting for a doctor.",
        "We were guarding somebody on a ward.",
    ),
    "police-vehicle": (
        "The person was in the back of the van on the way to custody.",
        "It happened as we put them into the car.",
    ),
    "retail": ("Shop staff were holding somebody when we arrived.", "I was called to a theft from a shop."),
    "phone": ("I was taking a call.", "It was the third call from the same number that shift."),
    "online": ("A video of my shift was put up, with comments below it.", "Messages came to the team’s page."),
    "police-station": ("It was at the front counter.",),
}
OTHER_SCENE = ("We were dealing with somebody who was upset.", "I was on patrol.")

CONDUCTS = {
    "push-grab": ("They pushed {me} hard with both hands.", "They grabbed {my} vest and pulled."),
    "punch": ("They punched {me} once in the face.", "They swung at {me} and hit {my} arm."),
    "kick": ("They kicked out and caught {my} leg.", "They kicked {me} twice from the ground."),
    "spit": ("They spat at {me}.", "They turned round and spat towards {my} face."),
    "bite": ("They bit {my} hand.", "They bit {my} arm through the sleeve."),
    "verbal-abuse": ("They shouted and swore at {me} the whole time.",),
    "threat-of-violence": (
        "They said they would wait for {me} after work.",
        "They raised a fist and said they would hurt {me}.",
    ),
    "discriminatory-abuse": ("They said things about where they thought {my} family is from.",),
    "resist": (
        "They fought against the handcuffs and {my} hand was bent back.",
        "They struggled and we all went down.",
    ),
    "scratch": ("They scratched {my} neck.",),
    "headbutt": ("They threw their head back into {my} face.",),
    "strangle": ("They had a hand on {my} throat for some seconds.",),
    "hair-pull": ("They pulled {my} hair.",),
    "throw-object": ("They threw a glass, which missed {me}.", "A can hit {my} shoulder."),
    "throw-fluid": ("They threw something from a cup over {me}.",),
    "needle-stick": ("There was a needle in the pocket and it went into {my} finger.",),
    "weapon": ("They had a piece of wood and struck {my} arm.",),
    "vehicle": ("They drove off while {my} arm was in the window.",),
    "sexual-touching": ("They touched {me} in a way that was meant.",),
    "threat-to-kill": ("They said they would kill {me}.",),
    "threat-to-family": ("They said they know where {my} children go to school.",),
    "online-abuse": ("People wrote {my} number and station below it.",),
    "cough": ("They coughed in {my} face and laughed.",),
}
ENDINGS = (
    "Colleagues came quickly and they were arrested.",
    "They were taken to custody.",
    "I carried on with the shift.",
    "It was over in a few seconds.",
    "I am all right, but I want it on record.",
    "There were people filming.",
    "",
    "",
)
LOG_WORDS = (
    "", "", "", "Sworn at when I asked for a name.", "Shouted at in the street, nothing new.",
    "Caller swore and hung up.", "Insults while we waited for the van.", "Said they would find out where I live.",
)  # fmt: skip
WORDS_USED = ("Swearing, mostly.", "Swearing, and remarks about my family.", "A remark about my accent, and swearing.")
LATE = (
    "I went straight to the next job and then on rest days.",
    "I did not think it was worth it until my sergeant asked.",
    "It seemed like part of the job. It has stayed with me.",
    "I was on leave from the next morning.",
    "The bruise came up days later.",
)
RETURNED = (
    "Please say which custody suite it was, and whether video was on.",
    "The time does not fit the log. Was it before or after midnight?",
    "Please add whether anybody else was hurt.",
)
WITHDRAWN = ("I logged this twice by mistake.", "On reflection this was an accident: they tripped.")
MERGED = ("The same struggle, reported by both officers.", "One event, reported twice.")
ADDED = (
    "The bruise is larger today. I have taken a photo.",
    "I remember now that a second person was holding my arm.",
    "The hospital has the clip from the corridor.",
)
CORRECTED = ("The log has a different place.", "Confirmed with the reporter by phone.")
PLACES = (
    "The car park behind the building.", "First floor landing.", "By the cash machines.", "At the taxi rank.",
    "Cell corridor, outside the second cell.", "Bay four.",
)  # fmt: skip
WITNESSES = ("Door staff; their badge numbers are in the log.", "A paramedic from the crew that attended.")
INJURY_NOTES = ("", "", "Sore when I turn my head.", "Sleeping badly since.")


def story(rng, place, conducts, *, mine=True) -> str:
    """Tell what happened in a few sentences.

    :param rng: a random.Random; the same one in the same state tells the same
    :param place: the code of the place, or None
    :param conducts: codes of what was done to the first person
    :param mine: whether that person tells it
    """
    words = {"me": "me", "my": "my"} if mine else {"me": "my colleague", "my": "my colleague’s"}
    told = [rng.choice(SCENES.get(place, OTHER_SCENE))]
    told += [rng.choice(CONDUCTS[code]).format(**words) for code in conducts if code in CONDUCTS]
    told.append(rng.choice(ENDINGS))
    return " ".join(sentence for sentence in told if sentence)
