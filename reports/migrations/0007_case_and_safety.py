"""Keep what happens in the case, days unfit for duty and what the adviser decided; struck out, never edited."""

import campion.sealed
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


GUARDS = """
    REVOKE UPDATE, DELETE, TRUNCATE ON reports_caseevent, reports_dutyspell, reports_safetydecision FROM campion_app;
    GRANT UPDATE (incident_id, assault_id, struck_at, struck_by_id, struck_reason) ON reports_caseevent TO campion_app;
    GRANT UPDATE (assault_id, struck_at, struck_by_id) ON reports_dutyspell TO campion_app;
    GRANT UPDATE (assault_id, superseded_at) ON reports_safetydecision TO campion_app;
    REVOKE UPDATE, DELETE, TRUNCATE
        ON reports_caseeventchange, reports_dutyspellchange, reports_safetydecisionchange FROM campion_app;
"""
NO_GUARDS = """
    GRANT UPDATE, DELETE ON reports_caseevent, reports_dutyspell, reports_safetydecision, reports_caseeventchange,
        reports_dutyspellchange, reports_safetydecisionchange TO campion_app;
"""
BACKFILL = """
    UPDATE reports_incident SET case_moved_at = coalesce(accepted_at, submitted_at)
        WHERE officer_in_case_id IS NOT NULL;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('campion', '0003_schedules'),
        ('reports', '0006_parts_moved_by_a_merge'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('kind', models.CharField(max_length=30)),
                ('happened_at', models.DateTimeField()),
                ('received_at', models.DateTimeField(blank=True, null=True)),
                ('hearing_at', models.DateTimeField(blank=True, null=True)),
                ('facts', campion.sealed.SecretJSON(blank=True, null=True)),
                ('entered_at', models.DateTimeField()),
                ('source', models.CharField(choices=[('page', 'Entered on a page'), ('api', 'From another system'), ('import', 'Imported'), ('demo', 'Demonstration')], default='page', max_length=10)),
                ('source_reference', models.CharField(blank=True, max_length=60)),
                ('struck_at', models.DateTimeField(blank=True, null=True)),
                ('struck_reason', campion.sealed.SecretText(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='CaseEventChange',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=30)),
                ('happened_at', models.DateTimeField()),
                ('received_at', models.DateTimeField(blank=True, null=True)),
                ('hearing_at', models.DateTimeField(blank=True, null=True)),
                ('entered_at', models.DateTimeField()),
                ('source', models.CharField(choices=[('page', 'Entered on a page'), ('api', 'From another system'), ('import', 'Imported'), ('demo', 'Demonstration')], default='page', max_length=10)),
                ('struck_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='DutySpell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_on', models.DateField()),
                ('duty', models.CharField(choices=[('full', 'Full duties'), ('recuperative', 'Recuperative duties'), ('restricted', 'Restricted or adjusted duties'), ('sick', 'Off sick'), ('hospital', 'In hospital')], max_length=12)),
                ('entered_at', models.DateTimeField()),
                ('struck_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='DutySpellChange',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('from_on', models.DateField()),
                ('duty', models.CharField(choices=[('full', 'Full duties'), ('recuperative', 'Recuperative duties'), ('restricted', 'Restricted or adjusted duties'), ('sick', 'Off sick'), ('hospital', 'In hospital')], max_length=12)),
                ('entered_at', models.DateTimeField()),
                ('struck_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SafetyDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('state', models.CharField(choices=[('not-reportable', 'Not reportable'), ('watch', 'Watch'), ('specified', 'Reportable: a specified injury'), ('over-seven', 'Reportable: over 7 days'), ('reported', 'Reported')], max_length=15)),
                ('reason', campion.sealed.SecretText(blank=True, null=True)),
                ('reference', models.CharField(blank=True, max_length=60)),
                ('decided_on', models.DateField()),
                ('decided_at', models.DateTimeField()),
                ('superseded_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='SafetyDecisionChange',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('state', models.CharField(choices=[('not-reportable', 'Not reportable'), ('watch', 'Watch'), ('specified', 'Reportable: a specified injury'), ('over-seven', 'Reportable: over 7 days'), ('reported', 'Reported')], max_length=15)),
                ('decided_on', models.DateField()),
                ('decided_at', models.DateTimeField()),
                ('superseded_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SafetyLimit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_on', models.DateField(db_default='1900-01-01')),
                ('until_on', models.DateField(blank=True, null=True)),
                ('source', models.TextField(blank=True)),
                ('checked', models.BooleanField(default=True)),
                ('code', models.SlugField(max_length=40)),
                ('days', models.PositiveSmallIntegerField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='incident',
            name='case_moved_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='incident',
            name='charged_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='injurytype',
            name='specified',
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name='incident',
            index=models.Index(condition=models.Q(('officer_in_case__isnull', False)), fields=['officer_in_case', '-case_moved_at', '-id'], name='incident_by_officer'),
        ),
        migrations.AddIndex(
            model_name='incident',
            index=models.Index(condition=models.Q(('officer_in_case__isnull', False)), fields=['officer_in_case', '-occurred_from', '-id'], name='incident_by_officer_and_day'),
        ),
        migrations.AddIndex(
            model_name='incident',
            index=models.Index(condition=models.Q(('charged_at__isnull', False)), fields=['unit', '-charged_at', '-id'], name='incident_charged'),
        ),
        migrations.AddField(
            model_name='caseevent',
            name='assault',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='case_events', to='reports.assault'),
        ),
        migrations.AddField(
            model_name='caseevent',
            name='entered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='caseevent',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='case_events', to='reports.incident'),
        ),
        migrations.AddField(
            model_name='caseevent',
            name='replaces',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='reports.caseevent'),
        ),
        migrations.AddField(
            model_name='caseevent',
            name='struck_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='caseevent',
            name='suspect',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.suspect'),
        ),
        migrations.AddField(
            model_name='caseeventchange',
            name='assault',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='reports.assault'),
        ),
        migrations.AddField(
            model_name='caseeventchange',
            name='entered_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='caseeventchange',
            name='incident',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='reports.incident'),
        ),
        migrations.AddField(
            model_name='caseeventchange',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='id_reference_force_unit_status_quick_log_restricted_reporter_reporter_role_opened_at_saved_at_police_told_at_occurred_from_occurred_to_precision_clock_mark_policing_day_district_area_place_type_activity_crewing_submitted_at_submitted_by_returned_at_returned_by_accepted_at_accepted_by_withdrawn_at_withdrawn_by_merged_at_merged_by_merged_into_officer_in_case_crime_recorded_events', to='reports.caseevent'),
        ),
        migrations.AddField(
            model_name='caseeventchange',
            name='replaces',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='reports.caseevent'),
        ),
        migrations.AddField(
            model_name='caseeventchange',
            name='struck_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='caseeventchange',
            name='suspect',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='reports.suspect'),
        ),
        migrations.AddField(
            model_name='dutyspell',
            name='assault',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='duty_spells', to='reports.assault'),
        ),
        migrations.AddField(
            model_name='dutyspell',
            name='entered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='dutyspell',
            name='struck_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='dutyspellchange',
            name='assault',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='reports.assault'),
        ),
        migrations.AddField(
            model_name='dutyspellchange',
            name='entered_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='dutyspellchange',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='id_reference_force_unit_status_quick_log_restricted_reporter_reporter_role_opened_at_saved_at_police_told_at_occurred_from_occurred_to_precision_clock_mark_policing_day_district_area_place_type_activity_crewing_submitted_at_submitted_by_returned_at_returned_by_accepted_at_accepted_by_withdrawn_at_withdrawn_by_merged_at_merged_by_merged_into_officer_in_case_crime_recorded_events', to='reports.dutyspell'),
        ),
        migrations.AddField(
            model_name='dutyspellchange',
            name='struck_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='safetydecision',
            name='assault',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='safety_decisions', to='reports.assault'),
        ),
        migrations.AddField(
            model_name='safetydecision',
            name='decided_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='safetydecisionchange',
            name='assault',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='reports.assault'),
        ),
        migrations.AddField(
            model_name='safetydecisionchange',
            name='decided_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='safetydecisionchange',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='id_reference_force_unit_status_quick_log_restricted_reporter_reporter_role_opened_at_saved_at_police_told_at_occurred_from_occurred_to_precision_clock_mark_policing_day_district_area_place_type_activity_crewing_submitted_at_submitted_by_returned_at_returned_by_accepted_at_accepted_by_withdrawn_at_withdrawn_by_merged_at_merged_by_merged_into_officer_in_case_crime_recorded_events', to='reports.safetydecision'),
        ),
        migrations.AddConstraint(
            model_name='safetylimit',
            constraint=models.CheckConstraint(condition=models.Q(('until_on', None), ('until_on__gte', models.F('from_on')), _connector='OR'), name='reports_safetylimit_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='safetylimit',
            constraint=models.UniqueConstraint(fields=('code', 'from_on'), name='safety_limit_once_from_a_day'),
        ),
        migrations.AddIndex(
            model_name='caseevent',
            index=models.Index(fields=['incident', 'happened_at', 'id'], name='case_event_by_incident'),
        ),
        migrations.AddIndex(
            model_name='caseevent',
            index=models.Index(condition=models.Q(('hearing_at__isnull', False), ('struck_at', None)), fields=['hearing_at', 'id'], name='case_event_by_hearing'),
        ),
        migrations.AddConstraint(
            model_name='caseevent',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['crime-recorded', 'arrested', 'interviewed', 'released', 'bailed', 'bail-changed', 'released-under-investigation', 'not-investigated', 'charged', 'not-prosecuted', 'charge-altered', 'charge-dropped', 'view-taken', 'disposal', 'hearing-listed', 'hearing-cancelled', 'court-bail', 'evidence-needed', 'plea', 'verdict', 'sentence', 'appeal', 'property-no-longer-needed', 'expenses-claimed'])), name='case_event_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='caseevent',
            constraint=models.CheckConstraint(condition=models.Q(('source__in', ['page', 'api', 'import', 'demo'])), name='case_event_source_is_known'),
        ),
        migrations.AddConstraint(
            model_name='caseevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('struck_at', None), ('struck_by', None), ('struck_reason', None)), models.Q(('struck_at__isnull', False), ('struck_by__isnull', False), ('struck_reason__isnull', False)), _connector='OR'), name='case_event_struck_at_and_by_together'),
        ),
        migrations.AddConstraint(
            model_name='caseevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('hearing-listed', 'hearing-cancelled', 'court-bail', 'evidence-needed', 'plea', 'verdict', 'sentence', 'appeal')), ('received_at__isnull', False)), models.Q(models.Q(('kind__in', ('hearing-listed', 'hearing-cancelled', 'court-bail', 'evidence-needed', 'plea', 'verdict', 'sentence', 'appeal')), _negated=True), ('received_at', None)), _connector='OR'), name='case_event_from_court_says_when_heard'),
        ),
        migrations.AddConstraint(
            model_name='caseevent',
            constraint=models.CheckConstraint(condition=models.Q(('received_at', None), ('received_at__gte', models.F('happened_at')), _connector='OR'), name='case_event_heard_after_it_happened'),
        ),
        migrations.AddConstraint(
            model_name='caseevent',
            constraint=models.CheckConstraint(condition=models.Q(('happened_at__lte', models.F('entered_at')), models.Q(('received_at', None), ('received_at__lte', models.F('entered_at')), _connector='OR')), name='case_event_entered_after_it_happened'),
        ),
        migrations.AddConstraint(
            model_name='caseevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('hearing_at__isnull', False), ('kind', 'hearing-listed')), models.Q(models.Q(('kind', 'hearing-listed'), _negated=True), ('hearing_at', None)), _connector='OR'), name='case_event_hearing_says_when'),
        ),
        migrations.AddConstraint(
            model_name='caseevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'hearing-cancelled'), ('replaces__isnull', False)), ('kind', 'hearing-listed'), models.Q(models.Q(('kind__in', ('hearing-listed', 'hearing-cancelled')), _negated=True), ('replaces', None)), _connector='OR'), name='case_event_only_hearings_replace'),
        ),
        migrations.AddConstraint(
            model_name='caseevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('view-taken', 'expenses-claimed')), _negated=True), ('assault__isnull', False), _connector='OR'), name='case_event_about_one_person'),
        ),
        migrations.AddConstraint(
            model_name='caseevent',
            constraint=models.UniqueConstraint(condition=models.Q(('struck_at', None)), fields=('replaces',), name='case_event_hearing_replaced_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='caseevent',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "reports_caseeventchange" ("assault_id", "entered_at", "entered_by_id", "happened_at", "hearing_at", "id", "incident_id", "kind", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "received_at", "replaces_id", "source", "struck_at", "struck_by_id", "suspect_id") VALUES (NEW."assault_id", NEW."entered_at", NEW."entered_by_id", NEW."happened_at", NEW."hearing_at", NEW."id", NEW."incident_id", NEW."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."received_at", NEW."replaces_id", NEW."source", NEW."struck_at", NEW."struck_by_id", NEW."suspect_id"); RETURN NULL;', hash='e643147afb32a40d7b7017cb40536f104be6f351', operation='INSERT', pgid='pgtrigger_insert_insert_168b8', table='reports_caseevent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='caseevent',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."assault_id" IS DISTINCT FROM (NEW."assault_id") OR OLD."entered_at" IS DISTINCT FROM (NEW."entered_at") OR OLD."entered_by_id" IS DISTINCT FROM (NEW."entered_by_id") OR OLD."happened_at" IS DISTINCT FROM (NEW."happened_at") OR OLD."hearing_at" IS DISTINCT FROM (NEW."hearing_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."incident_id" IS DISTINCT FROM (NEW."incident_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."received_at" IS DISTINCT FROM (NEW."received_at") OR OLD."replaces_id" IS DISTINCT FROM (NEW."replaces_id") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."struck_at" IS DISTINCT FROM (NEW."struck_at") OR OLD."struck_by_id" IS DISTINCT FROM (NEW."struck_by_id") OR OLD."suspect_id" IS DISTINCT FROM (NEW."suspect_id"))', func='INSERT INTO "reports_caseeventchange" ("assault_id", "entered_at", "entered_by_id", "happened_at", "hearing_at", "id", "incident_id", "kind", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "received_at", "replaces_id", "source", "struck_at", "struck_by_id", "suspect_id") VALUES (NEW."assault_id", NEW."entered_at", NEW."entered_by_id", NEW."happened_at", NEW."hearing_at", NEW."id", NEW."incident_id", NEW."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."received_at", NEW."replaces_id", NEW."source", NEW."struck_at", NEW."struck_by_id", NEW."suspect_id"); RETURN NULL;', hash='bd83c4f4209f46497bc09db852e4ea623254e16d', operation='UPDATE', pgid='pgtrigger_update_update_c0051', table='reports_caseevent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='caseeventchange',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d72b9f6c7536d385daa1965c712f9e72d3894bc0', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c9d95', table='reports_caseeventchange', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='dutyspell',
            constraint=models.CheckConstraint(condition=models.Q(('duty__in', ['full', 'recuperative', 'restricted', 'sick', 'hospital'])), name='duty_spell_duty_is_known'),
        ),
        migrations.AddConstraint(
            model_name='dutyspell',
            constraint=models.UniqueConstraint(condition=models.Q(('struck_at', None)), fields=('assault', 'from_on'), name='duty_spell_once_from_a_day'),
        ),
        migrations.AddConstraint(
            model_name='dutyspell',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('struck_at', None), ('struck_by', None)), models.Q(('struck_at__isnull', False), ('struck_by__isnull', False)), _connector='OR'), name='duty_spell_struck_at_and_by_together'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dutyspell',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "reports_dutyspellchange" ("assault_id", "duty", "entered_at", "entered_by_id", "from_on", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "struck_at", "struck_by_id") VALUES (NEW."assault_id", NEW."duty", NEW."entered_at", NEW."entered_by_id", NEW."from_on", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."struck_at", NEW."struck_by_id"); RETURN NULL;', hash='d06976ba5ce16451dd19f5cf0c89d42dc097d12f', operation='INSERT', pgid='pgtrigger_insert_insert_34741', table='reports_dutyspell', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dutyspell',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "reports_dutyspellchange" ("assault_id", "duty", "entered_at", "entered_by_id", "from_on", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "struck_at", "struck_by_id") VALUES (NEW."assault_id", NEW."duty", NEW."entered_at", NEW."entered_by_id", NEW."from_on", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."struck_at", NEW."struck_by_id"); RETURN NULL;', hash='9cdb9c1167de52f65070828250721d83010ff328', operation='UPDATE', pgid='pgtrigger_update_update_a3793', table='reports_dutyspell', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dutyspellchange',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e06f4215cf08cf31e7a8656989bbd2bf49506fd3', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f8ab3', table='reports_dutyspellchange', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='safetydecision',
            constraint=models.UniqueConstraint(condition=models.Q(('superseded_at', None)), fields=('assault',), name='safety_decision_one_stands'),
        ),
        migrations.AddConstraint(
            model_name='safetydecision',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['not-reportable', 'watch', 'specified', 'over-seven', 'reported'])), name='safety_decision_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='safetydecision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'reported'), _negated=True), models.Q(('reference', ''), _negated=True), _connector='OR'), name='safety_decision_reported_says_where'),
        ),
        migrations.AddConstraint(
            model_name='safetydecision',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['reported', 'watch']), ('reason__isnull', False), _connector='OR'), name='safety_decision_says_why'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='safetydecision',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "reports_safetydecisionchange" ("assault_id", "decided_at", "decided_by_id", "decided_on", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "superseded_at") VALUES (NEW."assault_id", NEW."decided_at", NEW."decided_by_id", NEW."decided_on", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."state", NEW."superseded_at"); RETURN NULL;', hash='ce952f275393714c96002483a78a5b60bf1328df', operation='INSERT', pgid='pgtrigger_insert_insert_8f066', table='reports_safetydecision', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='safetydecision',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."assault_id" IS DISTINCT FROM (NEW."assault_id") OR OLD."decided_at" IS DISTINCT FROM (NEW."decided_at") OR OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."decided_on" IS DISTINCT FROM (NEW."decided_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."superseded_at" IS DISTINCT FROM (NEW."superseded_at"))', func='INSERT INTO "reports_safetydecisionchange" ("assault_id", "decided_at", "decided_by_id", "decided_on", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "superseded_at") VALUES (NEW."assault_id", NEW."decided_at", NEW."decided_by_id", NEW."decided_on", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."state", NEW."superseded_at"); RETURN NULL;', hash='0372ec43137993b20945e95d2875127b02d41c95', operation='UPDATE', pgid='pgtrigger_update_update_8f791', table='reports_safetydecision', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='safetydecisionchange',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2e0c9fc566ff87c40342de2aef1716e097613c9f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_3c8c6', table='reports_safetydecisionchange', when='BEFORE')),
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
    ]
