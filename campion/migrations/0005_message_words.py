"""The words of messages: rows that are added and never changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campion", "0004_deputies_and_leads")]

    operations = [
        migrations.CreateModel(
            name="MessageWords",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=80)),
                ("text", models.TextField(max_length=1000)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "message words",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text__contains", "{address}")), name="message_words_say_where_to_sign_in"
                    )
                ],
            },
        ),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE, TRUNCATE ON campion_messagewords FROM campion_app",
            "GRANT UPDATE, DELETE ON campion_messagewords TO campion_app",
        ),
    ]
