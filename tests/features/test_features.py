"""Every feature, through the real engine on a database of its own."""

from pytest_bdd import scenarios

scenarios(".")
