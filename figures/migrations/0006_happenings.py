"""What happened beside the figures, as dated rows; and in each release what was shown around it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campion', '0006_bounced_messages'),
        ('figures', '0005_intervals_have_both_ends'),
    ]

    operations = [
        migrations.AddField(
            model_name='release',
            name='happened',
            field=models.JSONField(default=list),
        ),
        migrations.CreateModel(
            name='Happening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_on', models.DateField(db_default='1900-01-01')),
                ('until_on', models.DateField(blank=True, null=True)),
                ('source', models.TextField(blank=True)),
                ('checked', models.BooleanField(default=True)),
                ('code', models.SlugField(max_length=60, unique=True)),
                ('title', models.CharField(max_length=200)),
                ('force', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campion.force')),
            ],
            options={
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('until_on', None), ('until_on__gte', models.F('from_on')), _connector='OR'), name='figures_happening_ends_after_it_starts')],
            },
        ),
        migrations.RunSQL(
            "REVOKE DELETE, TRUNCATE ON figures_happening FROM campion_app",
            "GRANT DELETE ON figures_happening TO campion_app",
        ),
    ]
