"""`/live` and `/ready`, for whoever watches the service (R15): yes or no, no versions and no names."""

import logging
import shutil
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campion import audit
from campion.models import Delivery, Scratch

OLDEST = timedelta(minutes=5)
LEAST_FREE_DISK = 0.20
RETRY_AFTER_SECONDS = 30
_log = logging.getLogger(__name__)
_migrated = set()
"""The databases that this process found fully migrated: a process's own migrations do not change while it lives."""


@never_cache
@login_not_required
@require_safe
def live(request):
    """Answer as long as the process can, and touch nothing else."""
    return JsonResponse({"status": "ok"})


@never_cache
@login_not_required
@require_safe
def ready(request):
    """Say whether this process can take a report now, check by check; 503 with Retry-After when it cannot."""
    checks = {name: _holds(name, check) for name, check in CHECKS.items()}
    if all(checks.values()):
        return JsonResponse({"status": "ok", "checks": checks})
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return JsonResponse({"status": "down", "checks": checks}, status=503, headers=headers)


def _holds(name, check):
    try:
        held = check()
    except Exception as fault:  # whatever it is, the answer is no, and the log has the kind of it
        _log.error("the check %s could not be made: %s", name, type(fault).__name__)
        return False
    if not held:
        _log.error("the check %s does not hold", name)
    return held


def _database_takes_writes():
    now = timezone.now()
    with transaction.atomic():
        if not Scratch.objects.filter(pk=1).update(at=now):
            Scratch.objects.bulk_create([Scratch(pk=1, at=now, sealed="open")], ignore_conflicts=True)
    return True


def _migrations_are_current():
    name = connection.settings_dict["NAME"]
    if name not in _migrated:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _migrated.add(name)
    return True


def _outbox_is_prompt():
    """Nothing has been due for longer than five minutes; waiting for a mail server's next try is no fault of ours."""
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING)
    return not waiting.filter(next_try_at__lt=timezone.now() - OLDEST).exists()


def _audit_is_sealed():
    return audit.oldest_unsealed_age() < OLDEST


def _disk_has_room():
    disk = shutil.disk_usage(settings.FILES)
    return disk.free / disk.total > LEAST_FREE_DISK


def _field_keys_fit():
    """The keys open what this database was first found ready with: other keys would lock every narrative away."""
    return Scratch.objects.get(pk=1).sealed == "open"


CHECKS = {
    "database": _database_takes_writes,
    "migrations": _migrations_are_current,
    "outbox": _outbox_is_prompt,
    "seal": _audit_is_sealed,
    "disk": _disk_has_room,
    "field_keys": _field_keys_fit,
}
