"""Gate the demonstration's releases and keep them in seeds/demo: of a demonstration made as of MADE_AT alone."""

from django.core.management.base import BaseCommand, CommandError

from demo import making, releasing


class Command(BaseCommand):
    help = (
        "Draw, audit and put out every release of a demonstration that was made with --at, and write them to "
        "seeds/demo/figures.releases.json. It takes minutes."
    )

    def handle(self, **options):
        try:
            making.refuse_elsewhere()
        except making.NoDemo as refused:
            raise CommandError(str(refused)) from None
        force = making.force_made()
        if force is None or not making.is_made():
            raise CommandError(f"Make the demonstration first: make_demo --at {releasing.MADE_AT.isoformat()}")
        if releasing.is_out(force):
            raise CommandError("Releases of it are out already. Begin with another database.")
        for span in releasing.draw_everything(force):
            self.stdout.write(f"{span.code} is out.")
        releasing.FILE.write_text(releasing.as_file(force))
        self.stdout.write(f"Kept in {releasing.FILE.name}.")
