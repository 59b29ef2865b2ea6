from django.apps import AppConfig


class ScriptsConfig(AppConfig):
    name = "vernis.scripts"
    label = "scripts"
