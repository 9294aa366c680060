"""Have the queue sweep evidence every ten minutes: what a lost task left unchecked, and bytes that no row names."""

from django.db import migrations

NAME = "Evidence: check what was left, remove what is no longer named"


def begin(apps, schema_editor):
    apps.get_model("django_q", "Schedule").objects.update_or_create(
        name=NAME, defaults={"func": "reports.tasks.sweep_evidence", "schedule_type": "I", "minutes": 10}
    )


def end(apps, schema_editor):
    apps.get_model("django_q", "Schedule").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_officer_notes"), ("campion", "0003_schedules")]
    operations = [migrations.RunPython(begin, end)]
