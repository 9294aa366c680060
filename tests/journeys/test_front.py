"""The front page, as anybody sees it; and a page that nobody could read, so that the check is known to find it."""

import pytest


def test_the_front_page_on_a_phone(page, check_page):
    page.goto("/")
    assert page.locator("h1").count() == 1
    check_page(page, "front")


def test_words_too_pale_to_read_are_found_each_time_they_are_looked_at(page, check_page):
    page.goto("/")
    for _ in range(2):
        page.locator("h1").evaluate("heading => { heading.className = 'pale'; heading.style = 'color: #ccc'; }")
        page.locator("h1").evaluate("heading => { heading.style.background = '#ddd'; }")
        with pytest.raises(AssertionError, match="color-contrast"):
            check_page(page, "pale")
