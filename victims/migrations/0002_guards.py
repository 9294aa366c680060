"""The application's role may add to the history of referrals and clocks, and change nothing in it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("victims", "0001_initial"), ("campion", "0002_grants_and_guards")]
    operations = [
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE, TRUNCATE ON victims_referralevent, victims_clockevent FROM campion_app;"
            "REVOKE DELETE ON victims_referral, victims_clock FROM campion_app;",
            "GRANT UPDATE, DELETE ON victims_referralevent, victims_clockevent, victims_referral, victims_clock"
            " TO campion_app;",
        )
    ]
