"""What a channel tells afterwards: our reference, its receipt, when to ask next, and that a message came back (ADR 13)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campion', '0005_message_words'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='delivery',
            name='delivery_sent_says_when',
        ),
        migrations.AddField(
            model_name='delivery',
            name='ask_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='delivery',
            name='receipt',
            field=models.CharField(blank=True, db_default='', max_length=36),
        ),
        migrations.AddField(
            model_name='delivery',
            name='reference',
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='state',
            field=models.CharField(choices=[('waiting', 'Waiting'), ('sent', 'Sent'), ('failed', 'Failed: needs a person'), ('bounced', 'Bounced: sent, and came back')], default='waiting', max_length=10),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('ask_at__isnull', False)), fields=['ask_at'], name='delivery_ask'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('reference',), name='delivery_reference_once'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state__in', ['sent', 'bounced'])), models.Q(models.Q(('state__in', ['sent', 'bounced']), _negated=True), ('sent_at', None)), _connector='OR'), name='delivery_sent_says_when'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('ask_at', None), models.Q(('state', 'sent'), models.Q(('receipt', ''), _negated=True)), _connector='OR'), name='delivery_asks_after_what_was_taken'),
        ),
    ]
