"""Addresses under /support/: the person's own pages and the welfare desk."""

from django.urls import path

from victims.views import calendar, deputies, desk, late, own, team

app_name = "victims"
urlpatterns = [
    path("", own.home, name="home"),
    path("desk/", desk.desk, name="desk"),
    path("team/", team.team, name="team"),
    path("team/reassign/", team.reassign, name="reassign"),
    path("team/undo/<uuid:key>/", team.undo, name="undo-reassign"),
    path("deputies/", deputies.deputies, name="deputies"),
    path("calendar/", calendar.calendar, name="calendar"),
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
