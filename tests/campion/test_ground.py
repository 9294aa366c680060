"""The ground of the tests is what production stands on: the roles, the durable server, no outside."""

import socket
import urllib.request

import psycopg2
import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from campion.models import Force
from tests import ground


def test_no_test_reaches_another_machine():
    with pytest.raises(ground.OutsideRefused), socket.socket() as out:
        out.connect(("192.0.2.1", 80))
    with pytest.raises(ground.OutsideRefused):
        urllib.request.urlopen("http://campion.example/")


@pytest.mark.django_db
def test_tests_connect_as_the_application_which_owns_nothing():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, pg_has_role('campion_published', 'USAGE')")
        assert cursor.fetchone() == ("campion_app", False)
        cursor.execute("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = 'campion_app'")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_the_seeds_are_there():
    assert Force.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", [1, 2])
def test_what_a_test_commits_is_gone_for_the_next(time):
    assert not Force.objects.filter(code="committed").exists()
    Force.objects.create(code="committed", name="Committed", country="England")


@pytest.mark.django_db(transaction=True)
def test_the_seeds_are_still_there_after_a_test_that_committed():
    assert Force.objects.exists()
    assert not get_user_model().objects.exists()


def test_the_owner_owns_the_tables_and_not_the_server(owner_connection):
    with owner_connection.cursor() as cursor:
        cursor.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'campion_force'")
        assert cursor.fetchone() == ("campion_owner",)
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("CREATE ROLE another")
