from django.apps import AppConfig


class WinbackConfig(AppConfig):
    name = "vernis.winback"
    label = "winback"
