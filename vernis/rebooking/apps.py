from django.apps import AppConfig


class RebookingConfig(AppConfig):
    name = "vernis.rebooking"
    label = "rebooking"
