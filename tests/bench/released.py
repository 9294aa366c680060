"""A release drawn of whatever is there, how long its stages took, and what its pages cost."""

import time

from demo import releasing
from tests.bench.pages import Page, cost_of, person
from tests.people import signed_in

MOST = 5
"""Statements that read the released tables for the dashboard; session, person, roles and audit are every page's."""
DASHBOARD = Page("pcc", "/dashboard/")
PAGES = (DASHBOARD, Page("pcc", "/figures/"))


class Watch:
    """Keeps when each stage of a draw began to tell how far it is, and when it ended."""

    def __init__(self):
        self.began, self.ended, self.steps = {}, {}, {}

    def __call__(self, stage, done, of):
        now = time.perf_counter()
        self.began.setdefault(stage, now)
        self.ended[stage], self.steps[stage] = now, of

    def __str__(self):
        took = {stage: self.ended[stage] - self.began[stage] for stage in self.began}
        return f"counted in {took['count']:.1f} s, in {self.steps['count']} steps; audited in {took['audit']:.1f} s"


def put_out(force, span):
    """Draw a period and publish it; give what watched it."""
    watch = Watch()
    releasing.draw_and_put_out(force, span, progress=watch)
    return watch


def dashboard():
    """Give what each page of released figures costs now, of those of today's newest release."""
    client = signed_in(person("pcc"))
    return {page: cost_of(client, page, times=9) for page in PAGES}
