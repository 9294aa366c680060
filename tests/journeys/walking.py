"""Walking through the service as a person does: a tap, some typing, the next page; counted and looked at."""

import re
from dataclasses import dataclass, field


@dataclass
class Walk:
    """Somebody on their way through the pages, with a check of each and a count of what it cost them."""

    page: object
    check: object
    name: str
    pages: list = field(default_factory=list)
    interactions: int = 0

    def arrive(self, at: str):
        """Say which page this is, check it, and take its picture."""
        heading = self.page.get_by_role("heading", level=1)
        heading.wait_for()
        assert re.search(at, heading.inner_text()), f"expected {at}, but this is {heading.inner_text()}"
        self.pages.append(self.page.url)
        self.check(self.page, f"{self.name}-{len(self.pages):02}")

    def choose(self, words: str):
        """Tap a radio or a checkbox by its words."""
        self.page.get_by_label(words, exact=True).first.check()
        self.interactions += 1

    def fill(self, label: str, text: str):
        """Type into the field of that label."""
        self.page.get_by_label(label).first.fill(text)
        self.interactions += 1

    def press(self, words: str):
        """Tap a button or a link by its words."""
        self.page.get_by_role("button", name=words, exact=True).or_(
            self.page.get_by_role("link", name=words, exact=True)
        ).first.click()
        self.interactions += 1


class KeyboardWalk(Walk):
    """The same, with Tab, arrows, Space and Enter alone."""

    def _reach(self, target):
        handle = target.element_handle()
        same_group = "el => document.activeElement.type === 'radio' && document.activeElement.name === el.name"
        for _ in range(150):
            if handle.evaluate("el => el === document.activeElement"):
                return
            if handle.evaluate("el => el.type === 'radio'") and handle.evaluate(same_group):
                self.page.keyboard.press("ArrowDown")
            else:
                self.page.keyboard.press("Tab")
        raise AssertionError("that cannot be reached by keyboard")

    def choose(self, words):
        target = self.page.get_by_label(words, exact=True).first
        self._reach(target)
        if not target.is_checked():
            self.page.keyboard.press("Space")
        self.interactions += 1

    def fill(self, label, text):
        self._reach(self.page.get_by_label(label).first)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        self.interactions += 1

    def press(self, words):
        self._reach(
            self.page.get_by_role("button", name=words, exact=True)
            .or_(self.page.get_by_role("link", name=words, exact=True))
            .first
        )
        self.page.keyboard.press("Enter")
        self.interactions += 1
        self.page.wait_for_load_state()
