"""The line to the database is cut at any statement of any command: whoever asked gets the answer or a sentence, asks again,
and it was done once.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import DATABASES
from tests.faults.cutting import Cut, Sever, When, dismissed, unplugged
from tests.faults.house import DEEDS, Deed, House
from tests.faults.points import watched
from workflow.core.errors import StoreUnavailable
from workflow.core.model import Text

MOST = 500
STEP = 1 if "CASEWORK_STORM" in os.environ else 3  # of the long jobs every third statement, in the tests
SERVERS = [kind for kind in DATABASES if kind != "sqlite"]  # a file has no line that could be cut


@pytest.mark.parametrize("kind", SERVERS)
def test_a_command_whose_line_is_cut_at_any_statement_is_done_once(
    kind: str, new_database: Callable[..., str], tmp_path: Path
) -> None:
    with House(new_database(kind), tmp_path) as house:
        cuts, told = Counter[str](), Counter[str]()
        for deed in DEEDS:
            for when in ("before", "after"):
                found = _every_cut(house, deed, when, unplugged)
                cuts[deed.name] += found[0]
                told[deed.name] += found[1]

    print(f"\n{kind}: {cuts.total()} cuts:", ", ".join(f"{name} {count}" for name, count in cuts.items()))
    print(f"the caller was told of {told.total()} of them: {dict(+told)}")
    assert cuts.total() > 80


@pytest.mark.parametrize("kind", [kind for kind in SERVERS if kind == "postgresql"])
def test_a_command_whose_line_an_administrator_ends_is_done_once(
    kind: str, new_database: Callable[..., str], tmp_path: Path
) -> None:
    url = new_database(kind)
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    chosen = DEEDS if "CASEWORK_STORM" in os.environ else [deed for deed in DEEDS if deed.name in ("move", "timer")]
    with House(url, tmp_path) as house:
        cuts = [_every_cut(house, deed, when, dismissed(admin)) for deed in chosen for when in ("before", "after")]
    admin.dispose()
    print(f"\n{kind}: {sum(count for count, _ in cuts)} connections ended by an administrator")


def _every_cut(house: House, deed: Deed, when: When, sever: Sever) -> tuple[int, int]:
    """How many statements there were at which the line was cut, and how often the caller was told of it."""
    house.restore()
    answer = house.do(deed)
    done = house.state().without(deed.omitting)
    told = 0
    for cuts, at in enumerate(range(1, MOST, 1 if deed.at_once else STEP)):
        house.restore()
        house.engine.close()
        cut = Cut(at, when, sever, house.mark, house.back)
        where = f"{deed.name}, cut {when} statement {at}"
        with watched(house.engine._connections.engine, cut):
            house.mark(0)
            again, sentences = _insisted(house, deed)
        house.engine.close()  # its connections are watched still
        if not cut.done:
            return cuts, told
        assert done == house.state().without(deed.omitting), f"{where}: {cut.where}"
        assert not deed.at_once or answer == again, where
        assert len(sentences) <= 1, where
        assert cut.early or not (deed.at_once and sentences), where  # with a request id we look again by ourselves
        assert all(said.zh != said.en and "数据库" in said.zh and "\n" not in said.zh for said in sentences), sentences
        told += len(sentences)
    raise AssertionError(f"{deed.name} has no end")


def _insisted(house: House, deed: Deed) -> tuple[object, list[Text]]:
    """The answer, and the sentences with which the caller was put off before."""
    sentences: list[Text] = []
    while len(sentences) < 5:
        try:
            return deed.do(house, lambda: None), sentences
        except StoreUnavailable as error:
            sentences.append(error.text)
            if deed.leases:
                house.later()
    raise AssertionError(sentences)
