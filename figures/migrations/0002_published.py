"""The schema that the outside reads: who may read what of it, from when, and that nothing in it changes.

`campion_published` selects the released tables and nothing else, and of them only what is out: row security compares
`publish_at` with the clock of the database, so an embargo holds whatever a page forgets. The application's role adds
rows; it changes none, except that it writes once that a release was withdrawn. The cells of a release come in its own
transaction and never later. Guards are plain SQL and ENABLE ALWAYS, as in campion/migrations/0002.
"""

from django.db import migrations

TABLES = ("release", "cell", "chart", "correction", "announcement")

SCHEMA = """
    CREATE SCHEMA published;
    GRANT USAGE ON SCHEMA published TO campion_app, campion_published;
""" + "".join(
    f"""
    ALTER TABLE figures_{table} SET SCHEMA published;
    REVOKE UPDATE, DELETE, TRUNCATE ON published.figures_{table} FROM campion_app;
    GRANT SELECT ON published.figures_{table} TO campion_published;
    ALTER TABLE published.figures_{table} ENABLE ROW LEVEL SECURITY;
    CREATE POLICY service ON published.figures_{table} TO campion_app USING (true) WITH CHECK (true);
    """
    for table in TABLES
) + """
    GRANT UPDATE (withdrawn_at, withdrawn_for) ON published.figures_release TO campion_app;
    CREATE POLICY outside ON published.figures_release FOR SELECT TO campion_published
        USING (publish_at <= statement_timestamp());
    CREATE POLICY outside ON published.figures_cell FOR SELECT TO campion_published
        USING (release_id IN (SELECT id FROM published.figures_release));
    CREATE POLICY outside ON published.figures_chart FOR SELECT TO campion_published
        USING (release_id IN (SELECT id FROM published.figures_release));
    CREATE POLICY outside ON published.figures_correction FOR SELECT TO campion_published
        USING (release_id IN (SELECT id FROM published.figures_release));
    CREATE POLICY outside ON published.figures_announcement FOR SELECT TO campion_published
        USING (at <= statement_timestamp());
"""
NO_SCHEMA = "".join(
    f"""
    DROP POLICY outside ON published.figures_{table};
    DROP POLICY service ON published.figures_{table};
    ALTER TABLE published.figures_{table} DISABLE ROW LEVEL SECURITY;
    REVOKE ALL ON published.figures_{table} FROM campion_published;
    GRANT SELECT, INSERT, UPDATE, DELETE ON published.figures_{table} TO campion_app;
    ALTER TABLE published.figures_{table} SET SCHEMA public;
    """
    for table in reversed(TABLES)
) + "DROP SCHEMA published;"

GUARDS = """
    CREATE FUNCTION figures_release_made_in() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.made_in := pg_current_xact_id()::text::bigint;
        RETURN NEW;
    END $$;
    CREATE TRIGGER release_made_in BEFORE INSERT ON published.figures_release
        FOR EACH ROW EXECUTE FUNCTION figures_release_made_in();

    CREATE FUNCTION figures_release_only_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.withdrawn_at IS NOT NULL
           OR to_jsonb(NEW) - 'withdrawn_at' - 'withdrawn_for' IS DISTINCT FROM
              to_jsonb(OLD) - 'withdrawn_at' - 'withdrawn_for' THEN
            RAISE EXCEPTION 'a release never changes, except that it is withdrawn once' USING ERRCODE = '42501';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER release_only_withdrawn BEFORE UPDATE ON published.figures_release
        FOR EACH ROW EXECUTE FUNCTION figures_release_only_withdrawn();
    ALTER TABLE published.figures_release ENABLE ALWAYS TRIGGER release_only_withdrawn;
    CREATE TRIGGER release_no_delete BEFORE DELETE ON published.figures_release
        FOR EACH ROW EXECUTE FUNCTION campion_refuse_change();
    ALTER TABLE published.figures_release ENABLE ALWAYS TRIGGER release_no_delete;

    CREATE FUNCTION figures_cells_with_their_release() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT FROM added JOIN published.figures_release release ON release.id = added.release_id
            WHERE release.made_in <> pg_current_xact_id()::text::bigint
        ) THEN
            RAISE EXCEPTION 'cells come with their release, and never later' USING ERRCODE = '42501';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER cells_with_their_release AFTER INSERT ON published.figures_cell
        REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION figures_cells_with_their_release();
    ALTER TABLE published.figures_cell ENABLE ALWAYS TRIGGER cells_with_their_release;
""" + "".join(
    f"""
    CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {schema}.figures_{table}
        FOR EACH ROW EXECUTE FUNCTION campion_refuse_change();
    ALTER TABLE {schema}.figures_{table} ENABLE ALWAYS TRIGGER {table}_no_change;
    """
    for schema, table in (
        ("published", "cell"), ("published", "chart"), ("published", "correction"), ("published", "announcement"),
        ("public", "drawnblock"), ("public", "outsidefact"),
    )
) + "".join(
    f"""
    CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {schema}.figures_{table}
        FOR EACH STATEMENT EXECUTE FUNCTION campion_refuse_change();
    ALTER TABLE {schema}.figures_{table} ENABLE ALWAYS TRIGGER {table}_no_truncate;
    """
    for schema, table in (*(("published", table) for table in TABLES), ("public", "drawnblock"), ("public", "draw"))
) + """
    CREATE FUNCTION figures_draw_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        was jsonb := to_jsonb(OLD) - 'state' - 'leased_until' - 'fault';
        becomes jsonb := to_jsonb(NEW);
        name text;
    BEGIN
        FOR name IN SELECT key FROM jsonb_each(was) WHERE value NOT IN ('null', '""', '[]', '{}') LOOP
            IF becomes -> name IS DISTINCT FROM was -> name THEN
                RAISE EXCEPTION 'a draw is written once: % is there already', name USING ERRCODE = '42501';
            END IF;
        END LOOP;
        RETURN NEW;
    END $$;
    CREATE TRIGGER draw_written_once BEFORE UPDATE ON figures_draw
        FOR EACH ROW EXECUTE FUNCTION figures_draw_written_once();
    ALTER TABLE figures_draw ENABLE ALWAYS TRIGGER draw_written_once;
    CREATE TRIGGER draw_no_delete BEFORE DELETE ON figures_draw
        FOR EACH ROW EXECUTE FUNCTION campion_refuse_change();
    ALTER TABLE figures_draw ENABLE ALWAYS TRIGGER draw_no_delete;

    REVOKE DELETE, TRUNCATE ON figures_draw FROM campion_app;
    REVOKE UPDATE, DELETE, TRUNCATE ON figures_drawnblock, figures_outsidefact FROM campion_app;
    REVOKE DELETE, TRUNCATE ON figures_workforce FROM campion_app;
"""
NO_GUARDS = """
    GRANT SELECT, INSERT, UPDATE, DELETE ON figures_draw, figures_drawnblock, figures_outsidefact, figures_workforce
        TO campion_app;
    DROP FUNCTION figures_draw_written_once() CASCADE;
    DROP FUNCTION figures_cells_with_their_release() CASCADE;
    DROP FUNCTION figures_release_only_withdrawn() CASCADE;
    DROP FUNCTION figures_release_made_in() CASCADE;
    DROP TRIGGER release_no_delete ON published.figures_release;
    DROP TRIGGER draw_no_delete ON figures_draw;
""" + "".join(
    f"DROP TRIGGER {table}_no_change ON {schema}.figures_{table};"
    for schema, table in (
        ("published", "cell"), ("published", "chart"), ("published", "correction"), ("published", "announcement"),
        ("public", "drawnblock"), ("public", "outsidefact"),
    )
) + "".join(
    f"DROP TRIGGER {table}_no_truncate ON {schema}.figures_{table};"
    for schema, table in (*(("published", table) for table in TABLES), ("public", "drawnblock"), ("public", "draw"))
)


class Migration(migrations.Migration):
    dependencies = [("figures", "0001_initial"), ("campion", "0002_grants_and_guards")]
    operations = [migrations.RunSQL(SCHEMA, NO_SCHEMA), migrations.RunSQL(GUARDS, NO_GUARDS)]
