"""Sealed columns: encrypted with FIELD_KEYS before they reach the database. Not searchable, on purpose."""

import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.functional import cached_property
from encrypted_fields.fields import EncryptedTextField


class Unreadable(Exception):
    """A sealed value that none of the keys opens: a key is missing from FIELD_KEYS."""


def keyring() -> MultiFernet:
    """Give the keys of FIELD_KEYS: the first one writes, all of them read."""
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


class SecretText(EncryptedTextField):
    """Text that is ciphertext in the database. Empty text is stored as NULL, so the column is nullable.

    :raises Unreadable: on reading, if no key opens the value
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"null": True, "blank": True, **kwargs})

    @cached_property
    def f(self):
        return keyring()

    def from_db_value(self, value, expression, connection):
        if value is None:
            return self.empty()
        try:
            return self.opened(self.f.decrypt(value.encode()).decode())
        except (InvalidToken, UnicodeEncodeError) as broken:
            raise Unreadable(f"{self.model._meta.label}.{self.name} is sealed with a key that is not here") from broken

    def to_python(self, value):  # what comes from a form is plain already
        return value

    def clean(self, value, model_instance):  # the library keeps a flag on the field meanwhile: not safe in threads
        self.validate(value, model_instance)
        return value

    def empty(self):
        return ""

    def opened(self, text):
        return text


class SecretJSON(SecretText):
    """A list or dict that is ciphertext in the database; None when empty."""

    def get_prep_value(self, value):
        if value in (None, [], {}, ""):
            return None
        return super().get_prep_value(json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False))

    def empty(self):
        return None

    def opened(self, text):
        return json.loads(text)
