from django.db import migrations

from vernis.accounts.tenancy import guard


class Migration(migrations.Migration):
    dependencies = [("worklist", "0001_initial")]

    operations = [
        guard(
            "worklist_item",
            "worklist_sync",
            "worklist_learnedinterval",
            "worklist_lease",
            "worklist_step",
            "worklist_skip",
        ),
    ]
