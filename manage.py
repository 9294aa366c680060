#!/usr/bin/env python
"""Run Campion's commands: `manage.py help` lists them."""

import os
import sys

AS_OWNER = {"migrate", "makemigrations", "create_roles", "sqlmigrate", "showmigrations"}
"""Commands that connect as the owner of the tables; everything else connects as the application."""


def main() -> None:
    """Run one command, as the database role that it needs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campion.settings")
    if sys.argv[1:2] in (["run"], ["stop"]):  # these make the environment that settings read
        from campion.launcher import main as launch

        raise SystemExit(launch(sys.argv[1:]))
    if len(sys.argv) > 1 and sys.argv[1] in AS_OWNER:
        os.environ.setdefault("CAMPION_OWNER", "1")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
