"""Rows that the tests of a module share: made once, in a transaction around those tests, and taken back after the last.

    from tests.stage import once

    @once
    def place():
        return world.make_force()

    @once
    def sam(place):
        return world.make_person(place.team)

A fixture like any other to whoever asks for it. It is made before the first test that does, outside of that test's own
transaction, and each test gets a copy of its own, as it was when it was made: what a test changes, in the database or
on the object, no other test sees; nor does it see what only others asked for. A test that commits makes its own.

It may ask for other fixtures of its module that are made once, and for nothing else: no clock is moved and no setting
changed while it is made. What holds a session (a client) is made in each test.
"""

import inspect
import pickle
from dataclasses import dataclass
from itertools import takewhile

import pytest

_makers = {}


def once(function):
    """Make a fixture of a function whose rows are made once for the tests of its module that ask for them."""
    key = function.__module__, function.__name__
    _makers[key] = function

    @pytest.fixture(name=function.__name__)
    def copied(request, db):
        if layer := stage.made(key):
            return pickle.loads(layer.made)
        return function(*(request.getfixturevalue(need) for need in _needs(key)))

    copied.__doc__ = function.__doc__
    return copied


def _needs(key):
    return tuple(inspect.signature(_makers[key]).parameters)


def needed(item):
    """Give the names of what this test has made once, in the order of making: as they stand in their module."""
    module = item.module.__name__
    wanted, found = [name for name in item.fixturenames if (module, name) in _makers], set()
    while wanted:
        name = wanted.pop()
        found.add(name)
        wanted += set(_needs((module, name))) - found
    return tuple(name for of, name in _makers if of == module and name in found)


@dataclass(frozen=True)
class Layer:
    """One fixture that was made: its key, what it gave, pickled, and the savepoint in which its rows stand."""

    key: tuple[str, str]
    made: bytes
    atomics: dict


class Stage:
    """What stands for the next test on this worker: layer upon layer, each in a savepoint of its own."""

    def __init__(self):
        self._layers = []

    def set(self, item, *, commits):
        """Have what this test needs stand, and nothing else; nothing if it commits, for then it makes its own."""
        module = item.module.__name__
        wanted = [] if commits else [(module, name) for name in needed(item)]
        standing = [layer.key for layer in self._layers]
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(standing, wanted, strict=False)))
        self.strike(down_to=same)
        for key in wanted[same:]:
            self._make(key)

    def strike(self, down_to=0):
        """Take back what was made last, until so many layers stand."""
        from django.test import TestCase

        while len(self._layers) > down_to:
            TestCase._rollback_atomics(self._layers.pop().atomics)

    def made(self, key):
        """Give the layer of a fixture, or None if it does not stand."""
        return next((layer for layer in self._layers if layer.key == key), None)

    def _make(self, key):
        from django.test import TestCase

        atomics = TestCase._enter_atomics()  # as around a test: savepoints inside are the tests' own
        try:
            module, _ = key
            given = [pickle.loads(self.made((module, need)).made) for need in _needs(key)]
            self._layers.append(Layer(key, pickle.dumps(_makers[key](*given)), atomics))
        except BaseException:
            TestCase._rollback_atomics(atomics)
            raise


stage = Stage()
