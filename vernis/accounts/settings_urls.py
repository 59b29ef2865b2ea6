"""The room "Settings": pages for those who run the organization."""

from django.urls import path

from vernis.accounts.views.settings import index

app_name = "settings"

urlpatterns = [path("", index, name="index")]
