from django.db import migrations

from vernis.accounts.tenancy import guard


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]

    operations = [guard("intake_import", "intake_importfile", "intake_knownmapping", "intake_link", "intake_change")]
