"""Personal values beside the records: told to who may know them, and guarded."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
import sqlalchemy as sa

from tests.contract import attacker
from tests.contract.private import ANN, BOB, CLERK, DAN, KIN, PHONE, SECRETS, STREET, asked, codes, ended, records
from workflow import signing
from workflow.core.checkpoint import notes
from workflow.core.commitment import KEY, commitment
from workflow.core.errors import Refused, RequestReused
from workflow.core.fold import fold
from workflow.core.model import Case
from workflow.disclosing import disclose
from workflow.engine import Engine
from workflow.erasing import erase
from workflow.proving import prove, trusted
from workflow.sealing import Folder, seal
from workflow.store.hidden import told_history
from workflow.store.tables import cases, personal

# ------------------------------------------------------------ in the records


def test_no_record_has_a_personal_value_and_all_of_it_is_replayed(counter: Engine) -> None:
    case = ended(counter)
    with pytest.raises(Refused):
        counter.fire(case, "edit", ANN, {"phone": "1" * 30 + "7781"})

    assert [] == [word for word in SECRETS if word in records(counter)]
    assert "7781" not in records(counter)
    assert (PHONE, [KIN]) == (counter.case(case).root.values["phone"], counter.case(case).root.values["kin"])
    assert ((), 0) == (counter.verify().findings, counter.verify().erased)


def test_the_same_request_is_answered_with_the_values(counter: Engine) -> None:
    case = asked(counter)
    again = counter.open("enquiry", ANN, {"title": "x", "phone": PHONE, "age": 41, "kin": [KIN], "home": {"street": STREET, "town": "X"}}, request_id="open-ann")  # fmt: skip

    assert (case, PHONE) == (again.case.id, again.case.values["phone"])
    assert KEY in again.records[0]["set"]["phone"]
    with pytest.raises(RequestReused):
        counter.open("enquiry", ANN, {"title": "y"}, request_id="open-ann")


def test_equal_values_have_different_commitments(counter: Engine) -> None:
    one, other = asked(counter), asked(counter, BOB)
    first, second = (counter.history(each)[0]["set"]["phone"][KEY] for each in (one, other))

    assert first != second


def test_a_part_may_have_personal_values_of_its_own(counter: Engine) -> None:
    case = asked(counter)
    counter.fire(case, "ask", DAN, {"unit": "u1"})

    assert PHONE == counter.case(case).parts[0].values["reach"]
    assert PHONE not in records(counter)
    assert () == counter.verify().findings


def test_what_stands_in_old_records_is_read_as_it_is(counter: Engine) -> None:
    """An earlier release wrote it in plain text; it cannot be taken out of the record, and that is said."""
    case = ended(counter, age=None, kin=[], home=None)
    with counter.looking() as sql:
        told = told_history(sql, case)
    stored = attacker.read(counter)
    for each in stored:
        if each.file == case:
            each.entry = dict(told[each.seq - 1])
    attacker.recompute(counter, stored)
    with counter.writing() as sql:
        sql.execute(sa.delete(personal))

    assert () == counter.verify().findings
    assert PHONE == counter.case(case).root.values["phone"]
    (line,) = erase(counter, "ann", DAN, "asked for").lines
    assert (0, 1) == (line.values, line.plain)
    assert () == counter.verify().findings


# ------------------------------------------------------------ who may know them


def test_who_has_a_role_is_told_and_it_is_recorded(counter: Engine) -> None:
    case = asked(counter)
    told = disclose(counter, case, DAN)

    assert {case: {"phone": PHONE, "age": 41, "kin": [KIN], "home": {"street": STREET, "town": "X"}}} == told
    last = counter.history(case)[-1]
    assert ("reading", "read", "dan") == (last["kind"], last["action"], last["who"]["id"])
    assert ["age", "home", "kin", "phone"] == last["input"]["fields"]
    assert () == counter.verify().findings


def test_who_opened_the_case_is_told(counter: Engine) -> None:
    case = asked(counter)

    assert PHONE == disclose(counter, case, ANN)[case]["phone"]


def test_a_unit_is_told_from_when_it_has_the_case(counter: Engine) -> None:
    case = asked(counter)
    with pytest.raises(Refused):
        disclose(counter, case, CLERK)
    counter.fire(case, "ask", DAN, {"unit": "u1"})

    assert PHONE == disclose(counter, case, CLERK)[case]["phone"]


def test_others_are_refused_and_that_is_recorded_too(counter: Engine) -> None:
    case = asked(counter)
    with pytest.raises(Refused, match="those who have a role in it"):
        disclose(counter, case, BOB)

    last = counter.history(case)[-1]
    assert ("refusal", "read", "bob") == (last["kind"], last["action"], last["who"]["id"])
    assert () == counter.verify().findings


def test_where_nothing_is_personal_nothing_is_recorded(counter: Engine) -> None:
    case = counter.open("enquiry", ANN, {"title": "x"}).case.id

    assert {case: {}} == disclose(counter, case, ANN)
    assert 1 == len(counter.history(case))


def test_a_reading_is_no_change_of_the_case(counter: Engine) -> None:
    case = asked(counter)
    seen = counter.case(case).root.revision
    disclose(counter, case, DAN)

    counter.fire(case, "end", DAN, expect=seen)


# ------------------------------------------------------------ attacks


def _change(counter: Engine, case: str, **values: Any) -> None:
    with counter.writing() as sql:
        mine = personal.c.file == case, personal.c.field == "phone"
        sql.execute(sa.update(personal).where(*mine).values(**values))


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("value", '"13900000000"', "it was changed"),
        ("value", "no JSON", "it was changed"),
        ("salt", "00" * 32, "it was changed"),
        ("salt", "short", "it was changed"),
        ("commitment", "00" * 32, "is gone, and no record says"),
        ("case_id", "other", "columns"),
        ("field", "age2", "columns"),
    ],
)
def test_an_edited_value_salt_or_column_is_found(counter: Engine, column: str, value: str, says: str) -> None:
    case = asked(counter)
    _change(counter, case, **{column: value})

    found = counter.verify().findings
    named = [each for each in found if each.code == "personal" and says in each.text.en]
    assert [(case, 1, "ann")] == [(each.file, each.seq, each.actor) for each in named]
    assert "'phone'" in named[0].text.en
    assert [] == [word for word in (PHONE, "13900000000") if any(word in each.text.en for each in found)]


def test_an_edited_value_with_a_commitment_of_its_own_is_no_better(counter: Engine) -> None:
    case = asked(counter)
    forged = commitment(counter.origin, "00" * 32, '"13900000000"')
    _change(counter, case, value='"13900000000"', salt="00" * 32, commitment=forged)

    assert {"personal"} <= {code for code, _ in codes(counter)}


def test_an_edited_value_in_the_case_alone_is_found_and_not_repeated(counter: Engine) -> None:
    case = asked(counter)
    with counter.writing() as sql:
        sql.execute(
            sa.update(cases).where(cases.c.id == case).values(body=sa.func.replace(cases.c.body, PHONE, "1390000"))
        )

    (found,) = counter.verify().findings
    assert "tables" == found.code
    assert [] == [word for word in (PHONE, "1390000") if word in found.text.zh + found.text.en]


def test_a_value_that_went_without_a_record_of_it_is_found(counter: Engine) -> None:
    case = asked(counter)
    with counter.writing() as sql:
        sql.execute(sa.delete(personal).where(personal.c.field == "phone"))

    found = [each for each in counter.verify().findings if each.code == "personal"]
    assert [(case, 1)] == [(each.file, each.seq) for each in found]
    assert "no record says that it was erased" in found[0].text.en
    assert found == [each for each in counter.verify(case).findings if each.code == "personal"]


def test_a_value_that_no_record_has_is_found(counter: Engine) -> None:
    case = asked(counter)
    row = {"file": case, "seq": 1, "commitment": "ab" * 32, "case_id": case, "field": "x", "salt": "00", "value": "1"}
    with counter.writing() as sql:
        sql.execute(sa.insert(personal), row)
        sql.execute(sa.insert(personal), {**row, "file": "nowhere"})

    assert {"personal", "untold"} == {code for code, _ in codes(counter)}


def test_values_of_two_cases_cannot_be_exchanged(counter: Engine) -> None:
    one, other = asked(counter), asked(counter, BOB)
    with counter.writing() as sql:
        sql.execute(sa.update(personal).where(personal.c.file == one).values(file="for a moment"))
        sql.execute(sa.update(personal).where(personal.c.file == other).values(file=one))
        sql.execute(sa.update(personal).where(personal.c.file == "for a moment").values(file=other))

    assert {one, other} == {each.file for each in counter.verify().findings if each.code == "personal"}


def test_a_forged_erasure_is_found_from_outside(
    counter: Engine, outside: Folder, database: str, make_engine: Callable[..., Engine]
) -> None:
    """Whoever deletes a value and writes that it was erased has to write behind what is signed: the log shows who it
    says it was; rewritten records do not hold against the checkpoint."""
    case = ended(counter)
    disclose(counter, case, DAN)
    seal(counter, outside)
    stored = attacker.read(counter)
    last = [each for each in stored if each.file == case][-1]
    hidden = counter.history(case)[0]["set"]["phone"][KEY]
    last.entry = {**last.entry, "kind": "erasure", "action": "erase", "erased": [hidden]}
    with counter.writing() as sql:
        sql.execute(sa.delete(personal).where(personal.c.commitment == hidden))
    attacker.write(counter, stored)
    with closing(make_engine(database)) as reading:
        keys = signing.public_keys(outside.path / "office.pub")
        kept = trusted(notes((outside.path / "checkpoints").read_text(encoding="utf-8")), keys, counter.origin)
        found = {each.code for each in (*reading.verify().findings, *prove(reading, kept).findings)}

    assert "changed" in found


# ------------------------------------------------------------ the records by themselves


def test_without_the_values_the_records_still_tell_everything_else(counter: Engine) -> None:
    case = ended(counter)
    file = None
    for record in counter.history(case):
        file = fold(file, record, counter.lifecycle("enquiry"))
    assert file is not None
    root: Case = file.root

    assert ("done", "x", True, None) == (root.state, root.values["title"], root.values["called"], root.values["phone"])
    assert ("age", "home", "kin", "phone") == root.erased
