"""Have the queue end old drafts every hour, and tidy up what was left once a day."""

from django.db import migrations

SCHEDULES = {
    "Drafts: delete those that came to their end": ("reports.tasks.expire_drafts", "H"),
    "Tidy: forms left for a month, sessions that ended": ("campion.tasks.tidy", "D"),
}


def begin(apps, schema_editor):
    for name, (task, every) in SCHEDULES.items():
        apps.get_model("django_q", "Schedule").objects.update_or_create(
            name=name, defaults={"func": task, "schedule_type": every}
        )


def end(apps, schema_editor):
    apps.get_model("django_q", "Schedule").objects.filter(name__in=SCHEDULES).delete()


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_evidence_sweep")]
    operations = [migrations.RunPython(begin, end)]
