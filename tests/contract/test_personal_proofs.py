"""Proofs of a case with personal values: good before and after these are erased."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contract.private import ANN, BOB, CLERK, DAN, LINE, PHONE, SECRETS, asked, ended
from workflow import signing
from workflow.core.checkpoint import notes
from workflow.core.commitment import commitment
from workflow.core.errors import Refused
from workflow.disclosing import disclose, openings
from workflow.engine import Engine
from workflow.erasing import erase
from workflow.offline import opened, proved
from workflow.proving import bundle, prove, trusted
from workflow.sealing import Folder, seal

# ------------------------------------------------------------ erased


def test_a_proof_from_before_the_erasure_stays_good(counter: Engine, outside: Folder) -> None:
    case = ended(counter)
    seal(counter, outside)
    (note,) = notes((outside.path / "checkpoints").read_text(encoding="utf-8"))
    key = (outside.path / "office.pub").read_text(encoding="utf-8").strip()
    bare, whole = bundle(counter, case, note), bundle(counter, case, note, DAN)
    receipt = counter.fire(case, "call", DAN, {"line": LINE}).receipt
    erase(counter, "ann", DAN, "why")
    seal(counter, outside)

    for made in (bare, whole, bundle(counter, case, note)):
        assert 4 == len(proved(made, [key])[2])
    assert "personal" not in bare
    assert [] == [word for word in SECRETS if word in json.dumps(bare, ensure_ascii=False)]
    assert {"phone", "age", "kin", "home", "line"} == {name for name, _ in opened(whole)}
    assert ("phone", f'"{PHONE}"') in opened(whole)
    assert [] == opened(bundle(counter, case, note, DAN))
    keys = signing.public_keys(outside.path / "office.pub")
    kept = trusted(notes((outside.path / "checkpoints").read_text(encoding="utf-8")), keys, counter.origin)
    assert ((), 2) == ((proven := prove(counter, kept, [receipt])).findings, len(kept))
    assert 0 < proven.covered


def test_a_proof_with_a_changed_value_does_not_hold(counter: Engine, outside: Folder) -> None:
    case = ended(counter)
    seal(counter, outside)
    (note,) = notes((outside.path / "checkpoints").read_text(encoding="utf-8"))
    made = bundle(counter, case, note, DAN)
    made["personal"][0]["value"] = '"another"'
    with pytest.raises(ValueError, match="no record has this value"):
        opened(made)
    made["personal"][0]["commitment"] = commitment(counter.origin, made["personal"][0]["salt"], '"another"')
    with pytest.raises(ValueError, match="no record has this value"):
        opened(made)


def test_only_who_may_know_gets_a_proof_with_values(counter: Engine, outside: Folder) -> None:
    case = ended(counter)
    seal(counter, outside)
    (note,) = notes((outside.path / "checkpoints").read_text(encoding="utf-8"))
    with pytest.raises(Refused):
        bundle(counter, case, note, BOB)
    bundle(counter, case, note, DAN)

    assert [("refusal", "bob"), ("reading", "dan")] == [(r["kind"], r["who"]["id"]) for r in counter.history(case)[-2:]]


def test_a_log_of_sm3_keeps_its_promises_too(
    database: str, make_engine: Callable[..., Engine], outside: Folder
) -> None:
    counter = make_engine(database, origin="counter/sm3")
    counter.publish((Path(__file__).parents[1] / "private.yaml").read_text(encoding="utf-8"))
    case = ended(counter)
    seal(counter, outside)
    (note,) = notes((outside.path / "checkpoints").read_text(encoding="utf-8"))
    made = bundle(counter, case, note, DAN)
    erase(counter, "ann", DAN, "why")

    assert ("phone", f'"{PHONE}"') in opened(made)
    assert ((), 5) == (counter.verify().findings, counter.verify().erased)


def test_only_values_of_records_that_are_proved_are_in_the_proof(counter: Engine, outside: Folder) -> None:
    case = asked(counter)
    seal(counter, outside)
    (note,) = notes((outside.path / "checkpoints").read_text(encoding="utf-8"))
    counter.fire(case, "call", DAN, {"line": "0571-1"})

    assert '"0571-1"' not in {value for _, value in opened(bundle(counter, case, note, DAN))}


def test_what_is_blind_to_the_reader_is_not_told(database: str, make_engine: Callable[..., Engine]) -> None:
    text = (Path(__file__).parents[1] / "private.yaml").read_text(encoding="utf-8")
    blind = '    blind: {until: "parts.task.all(t, !t.open)"}\n    fields: {reach'
    counter = make_engine(database)
    counter.publish(text.replace("    fields: {reach", blind))
    case = asked(counter)
    counter.fire(case, "ask", DAN, {"unit": "u1"})
    part = counter.case(case).parts[0].id

    assert (False, True) == (part in disclose(counter, case, ANN), part in disclose(counter, case, CLERK))
    assert "reach" not in {each["field"] for each in openings(counter, case, ANN)}
    assert "reach" in {each["field"] for each in openings(counter, case, CLERK)}
