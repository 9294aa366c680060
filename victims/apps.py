"""The welfare side, as Django knows it."""

from django.apps import AppConfig


class VictimsConfig(AppConfig):
    """Referrals and their clocks: listens to reports, and offers its pages to the navigation."""

    name = "victims"

    def ready(self):
        """Listen to what reports announces, and say where this app's pages are."""
        from campion import context
        from campion.roles import Role
        from reports import events
        from victims import receivers
        from victims.reading import desk, team
        from victims.views import complaints, duties, late, plan

        events.incident_submitted.connect(receivers.offer_support, dispatch_uid="victims.offer_support")
        events.incidents_merged.connect(receivers.join_offers, dispatch_uid="victims.join_offers")
        events.assault_taken_over.connect(receivers.follow_person, dispatch_uid="victims.follow_person")
        events.assault_changed.connect(receivers.follow_harm, dispatch_uid="victims.follow_harm")
        events.people_named.connect(receivers.let_go, dispatch_uid="victims.let_go")
        events.case_event_entered.connect(receivers.start_what_is_owed, dispatch_uid="victims.start_what_is_owed")
        events.case_event_struck.connect(receivers.end_what_was_owed, dispatch_uid="victims.end_what_was_owed")
        events.first_contact_made.connect(receivers.contact_made, dispatch_uid="victims.contact_made")
        events.officer_assigned.connect(receivers.officer_named, dispatch_uid="victims.officer_named")

        context.offer_work(
            "Support desk",
            "victims:desk",
            role=Role.WELFARE,
            waiting=desk.waits_for,
            hint="Cases that nobody carries yet, and what you carry that is due",
        )
        context.offer_work(
            "Your team",
            "victims:team",
            shown_to=lambda user: bool(user.leads(Role.WELFARE)),
            waiting=team.late_for,
            hint="Who of the desk carries what, what is late, and a leaver’s cases",
        )
        context.offer_work(
            "What you owe",
            "victims:duties",
            role=duties.THROUGH_ROLES,
            shown_to=duties.owes_something,
            everywhere=False,  # an officer in a case is known by a query, which no other page has to spend
            waiting=duties.waiting,
            hint="Updates, checks and steps owed to people who were assaulted, and by when.",
        )
        context.offer_work(
            "Assault plan",
            "victims:plan-desk",
            role=Role.SUPERVISOR,
            waiting=plan.waiting,
            hint="What the force does after every assault, point by point: reports in which a point is overdue.",
        )
        context.offer_work(
            "Complaints",
            "victims:complaints",
            role=Role.GOVERNANCE,
            waiting=complaints.waiting,
            hint="Rights that somebody says were not met: acknowledge and answer.",
        )
        context.offer_work(
            "Owed and late",
            "victims:late",
            role=(Role.INSPECTOR, Role.SPOC),
            waiting=late.waiting,
            hint="Steps of the Victims’ Code and the assault plan that are late, by reference.",
        )
        context.offer("Your support", "victims:home", lambda user: user.may_report)
        context.offer("Working days", "victims:calendar", lambda user: user.plays(Role.ADMINISTRATOR))
