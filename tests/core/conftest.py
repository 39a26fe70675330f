import pytest

from tests.core.desk import EDU, HEALTH, LETTER, MEMBER, OFFICE, Desk
from workflow.core.model import Lifecycle
from workflow.loading import load


@pytest.fixture(scope="session")
def matter() -> Lifecycle:
    return load(OFFICE, file="matter.yaml")


@pytest.fixture(scope="session")
def letter() -> Lifecycle:
    return load(LETTER, file="letter.yaml")


@pytest.fixture
def desk(matter: Lifecycle) -> Desk:
    """A matter in draft."""
    desk = Desk(matter)
    desk.open(title="修路", body="路坏了很久")
    return desk


@pytest.fixture
def reviewed(desk: Desk) -> Desk:
    """A matter in the first review."""
    desk.do("submit", MEMBER)
    return desk


@pytest.fixture
def assigned(reviewed: Desk) -> Desk:
    """A matter at work, with a lead unit (edu) and a co-unit (health)."""
    reviewed.do("pass")
    reviewed.do("assign", units=[{"unit": "edu", "part": "lead"}, {"unit": "health", "part": "co"}])
    return reviewed


@pytest.fixture
def gathered(assigned: Desk) -> Desk:
    """A matter whose units have answered."""
    assigned.do("answer", EDU, on=assigned.part("edu"), answer="修好了")
    assigned.do("answer", HEALTH, on=assigned.part("health"), answer="同意")
    return assigned
