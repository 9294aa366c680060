"""Remember from which report a merge brought a part: who filed the report that stays does not read it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0005_draft_expiry'),
    ]

    operations = [
        migrations.AddField(
            model_name='assault',
            name='moved_from',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.incident'),
        ),
    ]
