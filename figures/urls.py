"""Addresses of figures."""

from django.urls import path

from figures.views import dashboard, desk, pack, public, pulse

app_name = "figures"

urlpatterns = [
    path("home/question/", pulse.answer, name="question"),
    # the release desk
    path("releases/", desk.desk, name="desk"),
    path("releases/draw/", desk.ask, name="draw-release"),
    path("releases/dates/", desk.dates, name="release-dates"),
    path("releases/facts/", desk.facts, name="release-facts"),
    path("releases/<uuid:key>/", desk.release, name="draw"),
    path("releases/<uuid:key>/<slug:name>/", desk.step, name="release-step"),
    # what the outside reads
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/dictionary/", dashboard.dictionary, name="dashboard-dictionary"),
    path("dashboard/pack/<str:code>/", pack.pack, name="pack"),
    path("dashboard/<str:name>/charts/<slug:chart>.<slug:kind>", dashboard.dashboard_chart, name="dashboard-chart"),
    path("dashboard/<str:name>/<str:file>", dashboard.dashboard_file, name="dashboard-file"),
    path("figures/", public.figures, name="figures"),
    path("figures/method/", public.method, name="method"),
    path("figures/dictionary/", public.dictionary, name="dictionary"),
    path("figures/<slug:force>/<str:name>/", public.release, name="release"),
    path("figures/<slug:force>/<str:name>/charts/<slug:chart>.<slug:kind>", public.release_chart, name="release-chart"),
    path("figures/<slug:force>/<str:name>/<str:file>", public.release_file, name="release-file"),
]
