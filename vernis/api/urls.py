"""The interface, and the page that tells how to use it."""

from django.urls import path

from vernis.api.interface import api
from vernis.api.views import docs

urlpatterns = [
    path("api/v1/", api.urls),
    path("api/docs/", docs.docs, name="api-docs"),
]
