"""The room "Settings": pages for those who run the organization."""

from django.urls import path

from vernis.accounts.views import history, invitations, organization, people
from vernis.accounts.views.settings import index

app_name = "settings"

urlpatterns = [
    path("", index, name="index"),
    path("people/", people.people, name="people"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/dismiss/", people.dismiss, name="dismiss"),
    path("people/<int:pk>/restore/", people.restore, name="restore"),
    path("people/invite/", invitations.invite, name="invite"),
    path("people/invitations/<int:pk>/revoke/", invitations.revoke, name="revoke"),
    path("branches/", organization.branches, name="branches"),
    path("branches/new/", organization.branch, name="new-branch"),
    path("branches/<int:pk>/", organization.branch, name="branch"),
    path("organization/", organization.organization, name="organization"),
    path("rules/", organization.rules, name="rules"),
    path("history/", history.history, name="history"),
]
