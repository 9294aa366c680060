"""Let nobody outside read a correction before its time: one that comes with a replacement waits for its embargo."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("figures", "0003_pulse")]
    operations = [
        migrations.RunSQL(
            "ALTER POLICY outside ON published.figures_correction USING"
            " (at <= statement_timestamp() AND release_id IN (SELECT id FROM published.figures_release));",
            "ALTER POLICY outside ON published.figures_correction USING"
            " (release_id IN (SELECT id FROM published.figures_release));",
        )
    ]
