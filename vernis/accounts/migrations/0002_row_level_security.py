from django.db import migrations

from vernis.accounts.tenancy import guard


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        guard(
            "accounts_branch",
        ),
    ]
