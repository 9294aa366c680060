"""Make the whole demonstration as of the day of its kept releases, gate each anew, and compare (`make soak`)."""

import pytest
from django.conf import settings

from demo import making, releasing
from demo.plan import DEFAULT_SEED, DEFAULT_SIZE

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_kept_releases_are_those_that_the_gate_lets_out(monkeypatch):
    monkeypatch.setattr(settings, "DEMO", True)
    for _ in making.make(size=DEFAULT_SIZE, seed=DEFAULT_SEED, at=releasing.MADE_AT, releases=False):
        pass
    force = making.force_made()
    assert [span.code for span in releasing.draw_everything(force)]
    assert releasing.as_file(force) == releasing.FILE.read_text()
