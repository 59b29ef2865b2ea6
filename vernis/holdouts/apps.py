from django.apps import AppConfig


class HoldoutsConfig(AppConfig):
    name = "vernis.holdouts"
    label = "holdouts"
