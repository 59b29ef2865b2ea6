from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "vernis.reports"
    label = "reports"
