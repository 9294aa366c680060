"""What the application's role may not do to a report: delete one that was submitted, or alter words once they are given.

Retention works as the owner of the tables, and is let through.
"""

from django.db import migrations

GUARDS = """
    CREATE FUNCTION reports_keep_submitted() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.status <> 'draft' AND pg_has_role(current_user, 'campion_app', 'MEMBER')
           AND NOT pg_has_role(current_user, 'campion_owner', 'MEMBER') THEN
            RAISE EXCEPTION 'a submitted report is never deleted by the service' USING ERRCODE = '42501';
        END IF;
        RETURN OLD;
    END $$;
    CREATE TRIGGER incident_keep_submitted BEFORE DELETE ON reports_incident
        FOR EACH ROW EXECUTE FUNCTION reports_keep_submitted();
    ALTER TABLE reports_incident ENABLE ALWAYS TRIGGER incident_keep_submitted;

    CREATE FUNCTION reports_keep_first_words() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.status NOT IN ('draft', 'returned') AND NEW.narrative IS DISTINCT FROM OLD.narrative THEN
            RAISE EXCEPTION 'the first words of a submitted report are never altered' USING ERRCODE = '42501';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER incident_keep_first_words BEFORE UPDATE OF narrative ON reports_incident
        FOR EACH ROW EXECUTE FUNCTION reports_keep_first_words();

    REVOKE UPDATE, DELETE ON reports_version, reports_note FROM campion_app;
    REVOKE UPDATE, DELETE, TRUNCATE ON reports_incidentevent, reports_assaultevent FROM campion_app;
"""
NO_GUARDS = """
    DROP TRIGGER incident_keep_submitted ON reports_incident;
    DROP FUNCTION reports_keep_submitted();
    DROP TRIGGER incident_keep_first_words ON reports_incident;
    DROP FUNCTION reports_keep_first_words();
    GRANT UPDATE, DELETE ON reports_version, reports_note, reports_incidentevent, reports_assaultevent TO campion_app;
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("campion", "0002_grants_and_guards")]
    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
