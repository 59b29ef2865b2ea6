"""Behind "Settings": tokens and webhooks."""

from django.urls import path

from vernis.api.views import tokens, webhooks

app_name = "programs"

urlpatterns = [
    path("programs/", tokens.programs, name="index"),
    path("programs/tokens/new/", tokens.new_token, name="new-token"),
    path("programs/tokens/<int:pk>/revoke/", tokens.revoke, name="revoke"),
    path("programs/webhooks/new/", webhooks.endpoint, name="new-webhook"),
    path("programs/webhooks/<int:pk>/", webhooks.endpoint, name="webhook"),
    path("programs/webhooks/<int:pk>/delete/", webhooks.delete, name="delete-webhook"),
    path("programs/webhooks/<int:pk>/secret/", webhooks.change_secret, name="change-secret"),
    path("programs/webhooks/<int:pk>/test/", webhooks.test, name="test-webhook"),
    path("programs/webhooks/<int:pk>/log/", webhooks.log, name="log"),
    path("programs/deliveries/<int:pk>/again/", webhooks.again, name="send-again"),
]
