from django.apps import AppConfig


class BookConfig(AppConfig):
    name = "vernis.book"
    label = "book"
