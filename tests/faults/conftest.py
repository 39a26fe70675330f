"""What the tests of faults need beside a database: counterparts on loopback, and a broker.

The counterparts are those of the notifiers' own tests. The broker is RabbitMQ at CASEWORK_TEST_RABBITMQ, or on this
machine. Where there is none its tests are skipped, and say so; where CASEWORK_SERVICES names "rabbitmq" they fail.
"""

from __future__ import annotations

import os

import pytest
from kombu import Connection
from kombu.exceptions import OperationalError

from tests.notifiers.conftest import authority, serve

__all__ = ["authority", "rabbitmq", "serve"]


@pytest.fixture(scope="session")
def rabbitmq() -> str:
    """Its address."""
    address = os.environ.get("CASEWORK_TEST_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672//")
    try:
        with Connection(address, connect_timeout=5) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0)
    except OperationalError as reason:
        if "rabbitmq" in os.environ.get("CASEWORK_SERVICES", ""):
            raise
        pytest.skip(f"no RabbitMQ: set CASEWORK_TEST_RABBITMQ ({reason})")
    return address
