"""What the queue runs by the clock."""

from django.db import migrations

EVERY_MINUTE = {"seal audit": "campion.tasks.seal_audit", "send messages": "campion.tasks.send_messages"}


def schedule(apps, schema_editor):
    Schedule = apps.get_model("django_q", "Schedule")
    for name, task in EVERY_MINUTE.items():
        Schedule.objects.update_or_create(name=name, defaults={"func": task, "schedule_type": "I", "minutes": 1})


def unschedule(apps, schema_editor):
    apps.get_model("django_q", "Schedule").objects.filter(name__in=EVERY_MINUTE).delete()


class Migration(migrations.Migration):
    dependencies = [("campion", "0002_grants_and_guards"), ("django_q", "0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more")]
    operations = [migrations.RunPython(schedule, unschedule)]
