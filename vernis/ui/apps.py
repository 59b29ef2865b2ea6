from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "vernis.ui"
    label = "ui"
