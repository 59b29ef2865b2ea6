"""Behind "Settings": the truth of the data."""

from django.urls import path

from vernis.intake.views import truth

app_name = "truth"

urlpatterns = [
    path("", truth.checks, name="checks"),
    path("check/", truth.check, name="check"),
    path("interval/<int:pk>/", truth.take_interval, name="take-interval"),
    path("<slug:key>/", truth.rows, name="rows"),
    path("<slug:key>/download/", truth.download, name="download"),
]
