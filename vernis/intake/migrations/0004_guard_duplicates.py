from django.db import migrations

from vernis.accounts.tenancy import guard


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_duplicates")]

    operations = [guard("intake_duplicatekey", "intake_duplicatepair", "intake_checkup")]
