from django.apps import AppConfig


class ExpectConfig(AppConfig):
    name = "vernis.expect"
    label = "expect"
