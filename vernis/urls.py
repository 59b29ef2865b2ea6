"""Where every page is."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("vernis.accounts.allauth_urls")),
    path("settings/", include("vernis.accounts.settings_urls")),
    path("", include("vernis.accounts.urls")),
    path("settings/", include("vernis.book.catalogue_urls")),
    path("settings/duplicates/", include("vernis.intake.duplicates_urls")),
    path("settings/truth/", include("vernis.intake.truth_urls")),
    path("settings/import/", include("vernis.intake.urls")),
    path("", include("vernis.book.urls")),
    path("", include("vernis.book.appointments_urls")),
    path("settings/", include("vernis.api.programs_urls")),
    path("", include("vernis.api.urls")),
    path("schedule/", include("vernis.schedule.urls")),
    path("offers/", include("vernis.offers.urls")),
    path("scripts/", include("vernis.scripts.urls")),
    path("holdouts/", include("vernis.holdouts.urls")),
    path("expect/", include("vernis.expect.urls")),
    path("rebooking/", include("vernis.rebooking.urls")),
    path("winback/", include("vernis.winback.urls")),
    path("reports/", include("vernis.reports.urls")),
    path("", include("vernis.worklist.urls")),
]
