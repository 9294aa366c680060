"""Let nobody outside read a release that was withdrawn before its embargo was over: it never came out."""

from django.db import migrations

CAME_OUT = "publish_at <= statement_timestamp()"


class Migration(migrations.Migration):
    dependencies = [("figures", "0006_happenings")]
    operations = [
        migrations.RunSQL(
            f"ALTER POLICY outside ON published.figures_release USING"
            f" ({CAME_OUT} AND (withdrawn_at IS NULL OR withdrawn_at >= publish_at));",
            f"ALTER POLICY outside ON published.figures_release USING ({CAME_OUT});",
        )
    ]
