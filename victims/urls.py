"""Addresses under /support/: the person's own pages and the welfare desk."""

from django.urls import path

from victims.views import calendar, desk, own

app_name = "victims"
urlpatterns = [
    path("", own.home, name="home"),
    path("desk/", desk.desk, name="desk"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("<ref:reference>/", own.referral, name="referral"),
    path("<ref:reference>/choose/", own.choose, name="choose"),
    path("<ref:reference>/contact/", own.contact, name="contact"),
]
