from django.apps import AppConfig


class OffersConfig(AppConfig):
    name = "vernis.offers"
    label = "offers"
