"""A person at the pages of a report, as a browser without scripts would be: what is shown is what is sent back."""

from html.parser import HTMLParser

from tests import people


class _Fields(HTMLParser):
    """Read the hidden fields of every form of a page, and its words."""

    def __init__(self):
        super().__init__()
        self.hidden, self.words = {}, []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "input" and attrs.get("type") == "hidden" and attrs.get("name"):
            self.hidden[attrs["name"]] = attrs.get("value", "")

    def handle_data(self, text):
        self.words.append(text)


def read(response):
    """Give the hidden fields of a page by name, and everything it says as one line."""
    page = _Fields()
    page.feed(response.content.decode())
    return page.hidden, " ".join(" ".join(page.words).split())


class Person:
    """Somebody signed in, who opens pages and fills them in."""

    def __init__(self, user):
        self.user = user
        self.client = people.signed_in(user, enforce_csrf_checks=False)

    def get(self, path, **options):
        return self.client.get(path, **options)

    def says(self, path):
        """Give what a page says."""
        response = self.client.get(path)
        assert response.status_code == 200, response.status_code
        return read(response)[1]

    def fill(self, path, *, autosave=False, **fields):
        """Open a page, fill in what is given, and press the button; give the answer."""
        hidden, _ = read(self.client.get(path))
        return self.send(path, {**hidden, **fields}, autosave=autosave)

    def send(self, path, fields, *, autosave=False):
        fields = {name.replace("__", "-"): value for name, value in fields.items()}
        fields.pop("csrfmiddlewaretoken", None)
        return self.client.post(path, fields, headers={"X-Autosave": "1"} if autosave else {})

    def begin(self):
        """Begin a report; give the start of its addresses."""
        response = self.client.post("/reports/new/")
        assert response.status_code == 302, response.content
        return response["Location"].removesuffix("edit/who/")
