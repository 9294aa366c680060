"""Let the application's role in, guard the audit log, and keep the paths of units.

The guards are plain SQL and ENABLE ALWAYS: pgtrigger's can be switched off by a setting that any role may set
(docs/house.md). Roles are made by `manage.py create_roles`; here they are only granted to.
"""

from django.db import migrations

GRANTS = """
    GRANT USAGE ON SCHEMA public TO campion_app, campion_published;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO campion_app;
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO campion_app;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO campion_app;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO campion_app;
"""
NO_GRANTS = """
    ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM campion_app;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM campion_app;
"""

AUDIT = """
    ALTER TABLE campion_auditevent ALTER COLUMN at SET DEFAULT clock_timestamp();
    ALTER TABLE campion_auditevent ALTER COLUMN xid SET DEFAULT (pg_current_xact_id()::text::bigint);
    ALTER TABLE campion_seal ALTER COLUMN at SET DEFAULT clock_timestamp();

    CREATE FUNCTION campion_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = '42501';
    END $$;

    CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON campion_auditevent
        FOR EACH ROW EXECUTE FUNCTION campion_refuse_change();
    CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON campion_auditevent
        FOR EACH STATEMENT EXECUTE FUNCTION campion_refuse_change();
    CREATE TRIGGER seal_no_change BEFORE UPDATE OR DELETE ON campion_seal
        FOR EACH ROW EXECUTE FUNCTION campion_refuse_change();
    CREATE TRIGGER seal_no_truncate BEFORE TRUNCATE ON campion_seal
        FOR EACH STATEMENT EXECUTE FUNCTION campion_refuse_change();
    ALTER TABLE campion_auditevent ENABLE ALWAYS TRIGGER audit_no_change;
    ALTER TABLE campion_auditevent ENABLE ALWAYS TRIGGER audit_no_truncate;
    ALTER TABLE campion_seal ENABLE ALWAYS TRIGGER seal_no_change;
    ALTER TABLE campion_seal ENABLE ALWAYS TRIGGER seal_no_truncate;

    REVOKE ALL ON campion_auditevent, campion_seal FROM campion_app;
    GRANT SELECT ON campion_auditevent, campion_seal TO campion_app;
    GRANT INSERT (actor_id, actor_roles, action, outcome, object_type, object_id, facets, subject_ids, reason_code,
                  request_id, session, address) ON campion_auditevent TO campion_app;
    GRANT INSERT (seq, epoch, from_xid, to_xid, count, previous_root, root) ON campion_seal TO campion_app;
"""
NO_AUDIT = """
    DROP TRIGGER audit_no_change ON campion_auditevent;
    DROP TRIGGER audit_no_truncate ON campion_auditevent;
    DROP TRIGGER seal_no_change ON campion_seal;
    DROP TRIGGER seal_no_truncate ON campion_seal;
    DROP FUNCTION campion_refuse_change();
"""

UNIT_PATHS = """
    CREATE FUNCTION campion_unit_path() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.path := coalesce((SELECT path FROM campion_unit WHERE id = NEW.parent_id), '/') || NEW.id || '/';
        IF TG_OP = 'UPDATE' AND NEW.parent_id IS NOT NULL AND EXISTS (
            SELECT FROM campion_unit WHERE id = NEW.parent_id AND path LIKE '%/' || NEW.id || '/%'
        ) THEN
            RAISE EXCEPTION 'a unit cannot lie within itself' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END $$;
    CREATE FUNCTION campion_unit_path_below() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE campion_unit SET path = '' WHERE parent_id = NEW.id;
        RETURN NULL;
    END $$;
    CREATE TRIGGER unit_path BEFORE INSERT OR UPDATE OF parent_id, path ON campion_unit
        FOR EACH ROW EXECUTE FUNCTION campion_unit_path();
    CREATE TRIGGER unit_path_below AFTER UPDATE OF parent_id, path ON campion_unit
        FOR EACH ROW WHEN (OLD.path IS DISTINCT FROM NEW.path) EXECUTE FUNCTION campion_unit_path_below();
"""
NO_UNIT_PATHS = """
    DROP TRIGGER unit_path ON campion_unit;
    DROP TRIGGER unit_path_below ON campion_unit;
    DROP FUNCTION campion_unit_path();
    DROP FUNCTION campion_unit_path_below();
"""

CACHE = """
    CREATE UNLOGGED TABLE campion_cache (
        cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
    );
    CREATE INDEX campion_cache_expires ON campion_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("campion", "0001_initial")]

    operations = [
        migrations.RunSQL(GRANTS, NO_GRANTS),
        migrations.RunSQL(AUDIT, NO_AUDIT),
        migrations.RunSQL(UNIT_PATHS, NO_UNIT_PATHS),
        migrations.RunSQL(CACHE, "DROP TABLE campion_cache"),
    ]
