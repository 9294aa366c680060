"""The front page, as anybody sees it."""


def test_the_front_page_on_a_phone(page, check_page):
    page.goto("/")
    assert page.locator("h1").count() == 1
    check_page(page, "front")
