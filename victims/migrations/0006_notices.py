"""Notices about what is owed: their steps as rows, and the queue's round of every ten minutes; a hearing that moved."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


NAME = "send notices"


def schedule(apps, schema_editor):
    every = {"func": "victims.tasks.send_notices", "schedule_type": "I", "minutes": 10}
    apps.get_model("django_q", "Schedule").objects.update_or_create(name=NAME, defaults=every)


def unschedule(apps, schema_editor):
    apps.get_model("django_q", "Schedule").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('campion', '0004_deputies_and_leads'),
        ('reports', '0007_case_and_safety'),
        ('django_q', '0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more'),
        ('victims', '0005_desk'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='NoticeStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_on', models.DateField(db_default='1900-01-01')),
                ('until_on', models.DateField(blank=True, null=True)),
                ('source', models.TextField(blank=True)),
                ('checked', models.BooleanField(default=True)),
                ('edition', models.SlugField(max_length=40)),
                ('code', models.SlugField(max_length=40)),
                ('owed_by', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('officer_in_case', 'The officer in the case'), ('welfare', 'The welfare desk'), ('witness_care', 'Witness care'), ('supervisor', 'Your supervisor'), ('occupational_health', 'Occupational health'), ('governance', 'Information governance'), ('court', 'The court'), ('cps', 'The Crown Prosecution Service'), ('person', 'You')], max_length=40), size=None)),
                ('kind', models.CharField(choices=[('reminder', 'Before the limit'), ('late', 'The limit has passed'), ('lead', 'Passed on to whoever leads the desk'), ('inspector', 'Passed on to the inspector'), ('spoc', 'Passed on to the single point of contact')], max_length=10)),
                ('to', models.CharField(choices=[('owner', 'Whoever owes it, and their deputy of that day'), ('lead', 'Whoever looks after the others who play that role'), ('inspector', 'The nearest inspector'), ('spoc', 'The nearest single point of contact')], max_length=10)),
                ('working_days', models.SmallIntegerField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RemoveConstraint(
            model_name='clock',
            name='clock_not_applicable_says_why_and_when',
        ),
        migrations.AlterField(
            model_name='clock',
            name='not_applicable',
            field=models.CharField(blank=True, choices=[('declined', 'support was declined for now'), ('later', 'the person asked to be asked again later'), ('supported', 'the person has support already'), ('merged', 'another clock for the same assault goes on'), ('struck', 'what started it was entered by mistake'), ('moved', 'the hearing was moved or cancelled'), ('not-wanted', 'the person did not want it'), ('not-owed', 'it does not apply here, for a reason given')], max_length=10),
        ),
        migrations.AlterField(
            model_name='clockevent',
            name='not_applicable',
            field=models.CharField(blank=True, choices=[('declined', 'support was declined for now'), ('later', 'the person asked to be asked again later'), ('supported', 'the person has support already'), ('merged', 'another clock for the same assault goes on'), ('struck', 'what started it was entered by mistake'), ('moved', 'the hearing was moved or cancelled'), ('not-wanted', 'the person did not want it'), ('not-owed', 'it does not apply here, for a reason given')], max_length=10),
        ),
        migrations.AlterField(
            model_name='clocknotice',
            name='kind',
            field=models.CharField(choices=[('reminder', 'Before the limit'), ('late', 'The limit has passed'), ('lead', 'Passed on to whoever leads the desk'), ('inspector', 'Passed on to the inspector'), ('spoc', 'Passed on to the single point of contact')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='clock',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('not_applicable', ''), ('not_applicable_at', None)), models.Q(('not_applicable__in', ['declined', 'later', 'supported', 'merged', 'struck', 'moved', 'not-wanted', 'not-owed']), ('not_applicable_at__isnull', False)), _connector='OR'), name='clock_not_applicable_says_why_and_when'),
        ),
        migrations.AddField(
            model_name='noticestep',
            name='force',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campion.force'),
        ),
        migrations.AddConstraint(
            model_name='noticestep',
            constraint=models.CheckConstraint(condition=models.Q(('until_on', None), ('until_on__gte', models.F('from_on')), _connector='OR'), name='victims_noticestep_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='noticestep',
            constraint=models.UniqueConstraint(fields=('edition', 'code'), name='notice_step_once_in_an_edition'),
        ),
        migrations.AddConstraint(
            model_name='noticestep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'reminder'), ('working_days__lt', 0)), models.Q(models.Q(('kind', 'reminder'), _negated=True), ('working_days__gte', 0)), _connector='OR'), name='notice_step_reminds_before_and_tells_after'),
        ),
        migrations.RunPython(schedule, unschedule),
    ]
