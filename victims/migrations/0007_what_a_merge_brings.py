"""A referral to a service may go on in another; what is never rewritten may come to hang on another case."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('victims', '0006_notices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            "GRANT UPDATE (referral_id, number) ON victims_needsassessment TO campion_app;"
            "GRANT UPDATE (referral_id) ON victims_contact TO campion_app;",
            "REVOKE UPDATE (referral_id, number) ON victims_needsassessment FROM campion_app;"
            "REVOKE UPDATE (referral_id) ON victims_contact FROM campion_app;",
        ),
        migrations.RemoveConstraint(
            model_name='onwardreferral',
            name='onward_state_is_known',
        ),
        migrations.RemoveConstraint(
            model_name='onwardreferral',
            name='onward_ended_says_when',
        ),
        migrations.AlterField(
            model_name='onwardreferral',
            name='state',
            field=models.CharField(choices=[('sent', 'Sent'), ('received', 'Received by the service'), ('accepted', 'Accepted by the service'), ('declined', 'Declined by the service'), ('transferred', 'Passed to another service'), ('ended', 'Ended'), ('withdrawn', 'Taken back by the person'), ('joined', 'Goes on in another')], default='sent', max_length=12),
        ),
        migrations.AlterField(
            model_name='onwardreferralevent',
            name='state',
            field=models.CharField(choices=[('sent', 'Sent'), ('received', 'Received by the service'), ('accepted', 'Accepted by the service'), ('declined', 'Declined by the service'), ('transferred', 'Passed to another service'), ('ended', 'Ended'), ('withdrawn', 'Taken back by the person'), ('joined', 'Goes on in another')], default='sent', max_length=12),
        ),
        migrations.AddConstraint(
            model_name='onwardreferral',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['sent', 'received', 'accepted', 'declined', 'transferred', 'ended', 'withdrawn', 'joined'])), name='onward_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='onwardreferral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state__in', ['declined', 'transferred', 'ended', 'withdrawn', 'joined'])), models.Q(models.Q(('state__in', ['declined', 'transferred', 'ended', 'withdrawn', 'joined']), _negated=True), ('ended_at', None)), _connector='OR'), name='onward_ended_says_when'),
        ),
    ]
