from django.db import migrations

from vernis.accounts.tenancy import guard


class Migration(migrations.Migration):
    dependencies = [("book", "0001_initial")]

    operations = [
        guard(
            "book_client",
            "book_searchterm",
            "book_trait",
            "book_consent",
            "book_staff",
            "book_service",
            "book_serviceinterval",
            "book_appointment",
            "book_appointmentline",
            "book_waitlistentry",
            "book_contact",
        ),
    ]
