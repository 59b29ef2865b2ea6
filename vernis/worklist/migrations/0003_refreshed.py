import django.db.models.deletion
from django.db import migrations, models

from vernis.accounts.tenancy import guard


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_level_security"),
        ("book", "0002_row_level_security"),
        ("worklist", "0002_row_level_security"),
    ]

    operations = [
        migrations.CreateModel(
            name="Refreshed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True)),
                (
                    "client",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="book.client"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                        verbose_name="organization",
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.RemoveConstraint(model_name="learnedinterval", name="learned_once"),
        migrations.AddConstraint(
            model_name="learnedinterval",
            constraint=models.UniqueConstraint(fields=("organization", "as_of", "cycle_key"), name="learned_once"),
        ),
        migrations.AddField(model_name="sync", name="rules_hash", field=models.CharField(blank=True, max_length=64)),
        guard("worklist_refreshed"),
    ]
