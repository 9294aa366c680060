"""What an address may hold."""

from campion import references


class Reference:
    """A reference with its prefix, such as AR-7K3M-92QF; small letters are capitals, anything else is unknown."""

    regex = "[A-Za-z]{2}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}"

    def to_python(self, value):
        reference = references.read(value)
        if reference is None:
            raise ValueError("no such reference")
        return reference

    def to_url(self, value):
        return value
