from django.urls import path

from vernis.accounts.views import entrance, invitations, profile

app_name = "accounts"

urlpatterns = [
    path("profile/", profile.profile, name="profile"),
    path("profile/sessions/end/", profile.end_sessions, name="end-sessions"),
    path("profile/second-factor/later/", profile.later, name="second-factor-later"),
    path("language/", entrance.speak, name="speak"),
    path("demo/enter/<int:pk>/", entrance.enter_demo, name="enter-demo"),
    path("join/<str:token>/", invitations.join, name="join"),
]
