from django.db import migrations

from vernis.accounts.tenancy import guard


class Migration(migrations.Migration):
    dependencies = [("intake", "0101_connections")]

    operations = [guard("intake_access", "intake_connection", "intake_reading", "intake_sourcerecord")]
