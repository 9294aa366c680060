"""Cases go back to nobody with the words of whoever carried them, and closed ones are read newest first."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("victims", "0004_victim_care"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AlterField(
            model_name="handover",
            name="to_whom",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                fields=["force", "-closed_at", "id"],
                name="referral_closed",
                condition=models.Q(closed_at__isnull=False),
            ),
        ),
    ]
