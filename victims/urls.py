"""Addresses under /support/: the person's own pages and the welfare desk."""

from django.urls import path

from victims.views import calendar, complaints, deputies, desk, duties, late, own, plan, statement, team

app_name = "victims"
urlpatterns = [
    path("", own.home, name="home"),
    path("desk/", desk.desk, name="desk"),
    path("team/", team.team, name="team"),
    path("team/reassign/", team.reassign, name="reassign"),
    path("team/undo/<uuid:key>/", team.undo, name="undo-reassign"),
    path("deputies/", deputies.deputies, name="deputies"),
    path("calendar/", calendar.calendar, name="calendar"),
    # what is owed, by whoever owes it
    path("duties/", duties.duties, name="duties"),
    path("duties/event/<uuid:key>/", duties.event, name="duties-of-event"),
    path("duties/<uuid:key>/", duties.duty, name="duty"),
    path("duties/<uuid:key>/set-aside/", duties.set_aside, name="duty-set-aside"),
    path("duties/<uuid:key>/waiting/", duties.waiting_on, name="duty-waiting"),
    path("duties/<uuid:key>/statement/", statement.statement, name="duty-statement"),
    path("plan/", plan.plan_desk, name="plan-desk"),
    path("plan/<ref:reference>/", plan.plan, name="plan"),
    path("complaints/", complaints.complaints, name="complaints"),
    path("complaints/<uuid:key>/", complaints.complaint, name="complaint-desk"),
    path("complaints/<uuid:key>/acknowledge/", complaints.acknowledge, name="complaint-acknowledge"),
    path("complaints/<uuid:key>/answer/", complaints.answer, name="complaint-answer"),
    path("late/", late.late, name="late"),
    path("<ref:reference>/", own.referral, name="referral"),
    path("<ref:reference>/claim/", desk.claim, name="claim"),
    path("<ref:reference>/hand-over/", desk.hand_over, name="hand-over"),
    path("<ref:reference>/put-back/", desk.release, name="release"),
    path("<ref:reference>/close/", desk.close, name="close"),
    path("<ref:reference>/reopen/", desk.reopen, name="reopen"),
    path("<ref:reference>/choose/", own.choose, name="choose"),
    path("<ref:reference>/contact/", own.contact, name="contact"),
]
