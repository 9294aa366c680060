"""A meeting may move to another time, or be cancelled for a reason."""

import campion.sealed
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('victims', '0007_what_a_merge_brings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='appointment',
            name='moved_to',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='moved_from', to='victims.appointment'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='reason',
            field=campion.sealed.SecretText(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('reason', None), ('attended', 'cancelled'), _connector='OR'), name='appointment_reason_of_one_cancelled'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('moved_to', None), models.Q(('attended', 'moved'), models.Q(('moved_to', models.F('id')), _negated=True)), _connector='OR'), name='appointment_moved_to_of_one_moved'),
        ),
    ]
