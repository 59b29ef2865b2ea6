"""Clients: list, card, consents, waiting list, log."""

from django.urls import path

from vernis.book.views import card, clients, consents, log, privacy, questionnaire, waitlist

app_name = "book"

urlpatterns = [
    path("clients/", clients.clients, name="clients"),
    path("clients/new/", card.new_client, name="new-client"),
    path("clients/<int:pk>/", card.client, name="client"),
    path("clients/<int:pk>/edit/", card.edit_client, name="edit-client"),
    path("clients/<int:pk>/consents/", consents.consents, name="consents"),
    path("clients/<int:pk>/questionnaire/", questionnaire.questionnaire, name="questionnaire"),
    path("clients/<int:pk>/questionnaire/thanks/", questionnaire.thanks, name="questionnaire-thanks"),
    path("clients/<int:pk>/waitlist/", waitlist.add, name="wait"),
    path("clients/<int:pk>/all-we-know/", privacy.all_we_know, name="all-we-know"),
    path("clients/<int:pk>/all-we-know.json", privacy.export, name="export"),
    path("clients/<int:pk>/erase/", privacy.erase, name="erase"),
    path("clients/questionnaire/", questionnaire.paper, name="questionnaire-paper"),
    path("contacts/", log.contacts, name="contacts"),
    path("waitlist/", waitlist.waitlist, name="waitlist"),
    path("waitlist/<int:pk>/close/", waitlist.close, name="close-wish"),
]
