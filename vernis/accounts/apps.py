from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "vernis.accounts"
    label = "accounts"
