"""Indexes for the lists of what is owed: by the case, and by when something was met or ended."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0007_case_and_safety'),
        ('victims', '0008_appointments_change'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='clock',
            index=models.Index(condition=models.Q(('met_at', None), ('not_applicable', '')), fields=['referral', 'owed_by'], name='clock_open_of_case'),
        ),
        migrations.AddIndex(
            model_name='clock',
            index=models.Index(condition=models.Q(('met_at__isnull', False)), fields=['owed_by', 'met_entered_at'], name='clock_met_by_entry'),
        ),
        migrations.AddIndex(
            model_name='clock',
            index=models.Index(condition=models.Q(('not_applicable', ''), _negated=True), fields=['owed_by', 'not_applicable_at'], name='clock_ended_by_day'),
        ),
    ]
