"""Addresses of figures."""

from django.urls import path

from figures.views import pulse

app_name = "figures"

urlpatterns = [
    path("home/question/", pulse.answer, name="question"),
]
