"""Make the database roles and the database."""

from django.core.management.base import BaseCommand, CommandError

from campion.database_roles import RolesRefused, create_roles


class Command(BaseCommand):
    """Make campion_owner, campion_app, campion_published and the database; safe to run again."""

    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser):
        """Ask for the URL of somebody who may create roles."""
        parser.add_argument(
            "--as",
            dest="superuser_url",
            required=True,
            metavar="URL",
            help="a superuser, or a role that may create roles and databases: postgresql://postgres:…@host/postgres",
        )

    def handle(self, *, superuser_url, **options):
        """Make what is missing, with the passwords that DATABASE_OWNER_URL and DATABASE_URL carry."""
        import environ

        env = environ.Env()
        try:
            create_roles(superuser_url, owner_url=env("DATABASE_OWNER_URL"), application_url=env("DATABASE_URL"))
        except RolesRefused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write("The roles campion_owner, campion_app and campion_published and the database are ready.")
