"""The tables of an empty database are those that Django makes by its own way. For `make soak`: it takes a minute."""

import os
import re
import subprocess
import sys

from campion import local_server
from campion.database_roles import APPLICATION, OWNER, create_roles
from tests import ground

PLAIN = """
import django; django.setup()
from django.core.management.commands.migrate import Command
from django.core.management import call_command
call_command({command}, verbosity=0, skip_checks=True)
"""


def test_the_tables_are_the_same():
    assert schema("'migrate'") == schema("Command()")


def schema(command):
    """Migrate a database of its own by this command; give what pg_dump says of its tables."""
    name = f"campion_test_{os.environ[ground.FINGERPRINT]}_{os.environ[ground.RUN]}_soak"
    owner, application = ground._url(OWNER, name), ground._url(APPLICATION, name)
    with ground._superuser() as cursor:
        ground._drop(cursor, name)
        create_roles(os.environ[ground.SERVER], owner_url=owner, application_url=application)
        places = {"DATABASE_URL": application, "DATABASE_OWNER_URL": owner, "CAMPION_OWNER": "1"}
        settings = {"DJANGO_SETTINGS_MODULE": "campion.settings"}
        subprocess.run(
            [sys.executable, "-c", PLAIN.format(command=command)], env=os.environ | places | settings, check=True
        )
        programs, _ = local_server._place(ground.PLACE / "database")
        dump = [programs / "pg_dump", "--schema-only", ground._url("postgres", name)]
        said = subprocess.run(dump, check=True, capture_output=True, text=True).stdout
        ground._drop(cursor, name)
    assert said.count("CREATE TABLE") > 50
    return re.sub(r"^\\(un)?restrict .*$", "", said, flags=re.MULTILINE)
