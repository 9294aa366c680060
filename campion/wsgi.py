"""The web server's way in. Refuses to start where the service would not be safe."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campion.settings")
application = get_wsgi_application()

from campion.checks import refuse_unsafe_start  # noqa: E402 (settings must be ready first)

refuse_unsafe_start()
