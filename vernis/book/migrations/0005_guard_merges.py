from django.db import migrations

from vernis.accounts.tenancy import guard


class Migration(migrations.Migration):
    dependencies = [("book", "0004_merged_clients")]

    operations = [guard("book_merge", "book_movedrow")]
