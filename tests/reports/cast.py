"""The people around one report, for tests about who may see and do what: two forces, every relation to it."""

from campion.roles import Role
from reports import actions
from reports.models import Health, Incident, SourceReference, SupportWish, Suspect, Witness
from tests import world
from tests.world import MONDAY, fresh


class Cast:
    """A report by `writer` about themselves and `colleague`, submitted on MONDAY, and everybody else.

    Each sealed or withheld value holds a marker of its own, listed in `markers`.
    """

    def __init__(self, *, marked=True):
        self.place, self.elsewhere = world.make_force(), world.make_force("farshire")
        person = world.make_person
        self.supervisor = person(self.place.team, Role.SUPERVISOR, family_name="Sample", rank_or_grade="Sergeant")
        self.second = person(self.place.team, Role.SUPERVISOR, family_name="Standby")
        self.conflicted = person(self.place.team, Role.SUPERVISOR, family_name="Conflicted")
        self.neighbour = person(self.place.other_team, Role.SUPERVISOR, family_name="Neighbour")
        self.inspector = person(self.place.team, Role.INSPECTOR, over=self.place.north)
        self.governor = person(self.place.root, Role.GOVERNANCE, family_name="Governor")
        self.other_governor = person(self.place.root, Role.GOVERNANCE, family_name="Warden")
        self.stranger = person(self.place.team, family_name="Stranger")
        self.foreigner = person(self.elsewhere.team, Role.SUPERVISOR, Role.INSPECTOR, Role.GOVERNANCE)
        self.officer = person(self.place.other_team, family_name="Finder")
        self.writer = person(self.place.team, family_name="Writer", line_manager=self.supervisor)
        self.colleague = person(self.place.team, family_name="Colleague", line_manager=self.supervisor)
        self.markers = {}
        draft = world.make_draft(
            self.writer,
            conducts=[["punch"], ["spit", "verbal-abuse"]],
            colleagues=[self.colleague],
            support="yes",
            words=self.mark("narrative") if marked else "He spat.",
        )
        if marked:
            self._mark(draft)
        actions.name_conflict(incident=draft, user=self.conflicted, by=fresh(self.writer), at=MONDAY)
        self.incident = world.submit(draft, by=self.writer)
        self.reference = self.incident.reference
        if marked:
            body = self.mark("note")
            actions.add_note(incident=self.incident, body=body, by=fresh(self.writer), at=MONDAY)
            actions.add_note(
                incident=self.incident,
                body=self.mark("note about writer"),
                assault=self.part(1),
                by=fresh(self.writer),
                at=MONDAY,
            )
        actions.assign_officer(incident=self.incident, officer=self.officer, by=fresh(self.supervisor), at=MONDAY)

    def mark(self, name):
        """Make a marker for one value and remember it."""
        self.markers[name] = f"marker-{name.replace(' ', '-')}-end"
        return self.markers[name]

    def part(self, position):
        return Incident.objects.get(pk=self.incident.pk).assaults.get(position=position)

    def shown_in(self, text):
        """Give the names of the values whose markers stand in a text."""
        return {name for name, marker in self.markers.items() if marker in str(text)}

    def _mark(self, draft):
        row = Incident.objects.get(pk=draft.pk)
        row.place_detail, row.late_reason = self.mark("place detail"), self.mark("late reason")
        row.save(update_fields=["place_detail", "late_reason"])
        for position, whose in ((1, "writer"), (2, "colleague")):
            part = row.assaults.get(position=position)
            part.words_used, part.injury = self.mark(f"words used on {whose}"), "physical"
            part.save(update_fields=["words_used", "injury"])
            Health.objects.update_or_create(assault=part, defaults={"notes": self.mark(f"health of {whose}")})
            SupportWish.objects.update_or_create(
                assault=part, defaults={"support": "yes", "contact": self.mark(f"contact of {whose}")}
            )
        Suspect.objects.create(incident=row, position=1, known="identified", nominal_reference=self.mark("suspect"))
        Witness.objects.create(incident=row, description=self.mark("witness"))
        SourceReference.objects.create(incident=row, kind="custody", value=self.mark("custody record"))
        SourceReference.objects.create(incident=row, kind="crime", value=self.mark("crime number"))
