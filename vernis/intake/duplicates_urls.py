"""Behind "Settings": cards of one person."""

from django.urls import path

from vernis.intake.views import duplicates

app_name = "duplicates"

urlpatterns = [
    path("", duplicates.pairs, name="pairs"),
    path("look/", duplicates.look, name="look"),
    path("merged/", duplicates.merged, name="merged"),
    path("different/", duplicates.different, name="different"),
    path("<int:first>/<int:second>/", duplicates.pair, name="pair"),
    path("<int:first>/<int:second>/different/", duplicates.say_different, name="say-different"),
    path("asked-again/<int:pk>/", duplicates.ask_again, name="ask-again"),
    path("merges/<int:pk>/", duplicates.merge, name="merge"),
    path("merges/<int:pk>/undo/", duplicates.undo, name="undo"),
]
