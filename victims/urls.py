"""Addresses under /victims/."""

app_name = "victims"
urlpatterns = []
