from django.apps import AppConfig


class ScheduleConfig(AppConfig):
    name = "vernis.schedule"
    label = "schedule"
