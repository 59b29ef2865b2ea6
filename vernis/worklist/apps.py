from django.apps import AppConfig


class WorklistConfig(AppConfig):
    name = "vernis.worklist"
    label = "worklist"
