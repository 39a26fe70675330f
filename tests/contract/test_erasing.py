"""Personal data of one person, erased: nothing of it is left, and every proof stays good."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.contract.private import ANN, BOB, DAN, LINE, PHONE, STREET, asked, ended, everything
from workflow import incidents, notices
from workflow.channels import Channels
from workflow.core.commitment import KEY
from workflow.core.errors import InputInvalid, NotFound, Refused
from workflow.core.model import Actor, Text
from workflow.engine import Engine
from workflow.erasing import erase, plan
from workflow.migrating import apply, between, undo
from workflow.outbox import deliver_due
from workflow.sealing import Folder, seal
from workflow.store import hidden
from workflow.store.hidden import told_history
from workflow.store.tables import contents, personal, requests
from workflow.store.tables import notices as notices_table
from workflow.templates import Templates
from workflow.testing import RecordingNotifier

# ------------------------------------------------------------ erased


def test_after_erasing_nothing_of_it_is_left_and_all_is_proven(counter: Engine, database: str) -> None:
    case = ended(counter, kin=["ann"])
    done = erase(counter, "ann", DAN, "has asked for it")

    assert (5, ("age", "home", "kin", "line", "phone")) == (done.values, done.lines[0].fields)
    root = counter.case(case).root
    assert (None, None, "x", ("age", "home", "kin", "phone")) == (
        root.values["phone"], root.values["kin"], root.values["title"], root.erased,
    )  # fmt: skip
    left = everything(counter)
    assert [] == [word for word in (PHONE, STREET, LINE, "ann@example.org") if word in left]
    verdict = counter.verify()
    assert ((), 5) == (verdict.findings, verdict.erased)
    if database.startswith("sqlite"):
        counter.close()
        path = Path(sa.make_url(database).database or "")
        there = b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
        assert [] == [word for word in (PHONE, STREET, LINE, "ann@example.org") if word.encode() in there]


def test_the_erasing_is_a_record_without_values(counter: Engine) -> None:
    case = ended(counter)
    hidden = {each["set"]["phone"][KEY] for each in counter.history(case) if "phone" in each.get("set", {})}
    erase(counter, "ann", DAN, "has asked for it", case=case, field="phone")

    last = counter.history(case)[-1]
    assert ("erasure", "dan", "has asked for it") == (last["kind"], last["who"]["id"], last["note"])
    assert {"person": "ann", "fields": ["phone"]} == last["input"]
    assert hidden == set(last["erased"])


def test_one_field_of_one_case_leaves_the_rest(counter: Engine) -> None:
    case, other = ended(counter), ended(counter, BOB)
    erase(counter, "ann", DAN, "why", case=case, field="phone")

    root = counter.case(case).root
    assert (None, 41, ("phone",)) == (root.values["phone"], root.values["age"], root.erased)
    assert PHONE == counter.case(other).root.values["phone"]
    assert "安妮" == counter.people.get("ann").name
    assert ((), 1) == (counter.verify().findings, counter.verify().erased)


def test_the_directory_keeps_the_id_alone(counter: Engine) -> None:
    case = ended(counter)
    erase(counter, "ann", DAN, "why")

    gone = counter.people.get("ann")
    assert ("（已抹去）", False, {}, ()) == (gone.name, gone.active, dict(gone.channels), gone.groups)
    assert "ann" == counter.history(case)[0]["who"]["id"]  # who did what remains
    with counter.looking() as sql:
        *_, last = told_history(sql, "office")
    assert ("erasure", {"person": "ann"}) == (last["kind"], last["input"])


def test_an_entry_without_any_case_is_erased(counter: Engine) -> None:
    done = erase(counter, "ann", DAN, "why")

    assert ((), True) == (done.lines, done.entry)
    assert "（已抹去）" == counter.people.get("ann").name
    assert () == counter.verify().findings


def test_values_that_name_the_person_in_cases_of_others(counter: Engine) -> None:
    mine, his = ended(counter), ended(counter, BOB, kin=["ann", "eve"])
    assert {mine, his} == {line.case for line in plan(counter, "ann").lines}
    erase(counter, "ann", DAN, "why")

    root = counter.case(his).root
    assert (None, PHONE, ("kin",)) == (root.values["kin"], root.values["phone"], root.erased)
    assert () == counter.verify().findings


def test_somebody_whose_id_is_part_of_another_is_not_meant(counter: Engine) -> None:
    his = ended(counter, BOB, kin=["annabel", "ANN"])
    counter.fire(his, "call", DAN, {"line": 'he said "ann" twice'})

    assert () == plan(counter, "ann").lines


def test_a_case_that_is_still_open_is_not_touched_unless_it_is_meant(counter: Engine) -> None:
    case = asked(counter)
    with pytest.raises(InputInvalid, match="1 cases are still open"):
        erase(counter, "ann", DAN, "why")
    assert PHONE == counter.case(case).root.values["phone"]
    erase(counter, "ann", DAN, "why", even_open=True)

    assert None is counter.case(case).root.values["phone"]
    assert () == counter.verify().findings
    counter.fire(case, "end", DAN)
    assert () == counter.verify().findings


def test_what_is_written_after_an_erasure_is_kept(counter: Engine) -> None:
    case = counter.open("enquiry", ANN, {"title": "x", "phone": PHONE, "age": 3}).case.id
    erase(counter, "ann", DAN, "why", case=case, even_open=True)
    counter.fire(case, "edit", ANN, {"phone": "13999999999"})

    root = counter.case(case).root
    assert ("13999999999", ("age",)) == (root.values["phone"], root.erased)
    assert ((), 2) == (counter.verify().findings, counter.verify().erased)


def test_erasing_again_changes_nothing(counter: Engine) -> None:
    case = ended(counter)
    erase(counter, "ann", DAN, "why", case=case)
    before = len(counter.history(case))

    assert 0 == erase(counter, "ann", DAN, "why", case=case).values
    assert before == len(counter.history(case))


def test_a_reason_is_wanted_and_somebody_to_erase(counter: Engine) -> None:
    with pytest.raises(InputInvalid, match="--note"):
        erase(counter, "ann", DAN, " ")
    with pytest.raises(NotFound, match="ann"):
        plan(counter, "anne")


def test_long_contents_are_emptied_too(counter: Engine) -> None:
    case = ended(counter, home={"street": STREET, "town": "Y" * 2000})
    with counter.looking() as sql:
        assert 1 == len(sql.execute(sa.select(contents).where(contents.c.case_id == case)).all())
    erase(counter, "ann", DAN, "why")

    assert STREET not in everything(counter)
    assert () == counter.verify().findings


def test_an_input_cannot_be_guessed_from_the_request_that_is_remembered(counter: Engine) -> None:
    """A fingerprint of few possible inputs is as good as the input."""
    case = ended(counter)
    erase(counter, "ann", DAN, "why")

    with counter.looking() as sql:
        assert {""} == set(sql.execute(sa.select(requests.c.fingerprint).where(requests.c.file == case)).scalars())
    again = counter.open("enquiry", ANN, {"title": "x"}, request_id="open-ann")
    assert (case, None) == (again.case.id, again.case.values["phone"])


def test_an_office_that_comes_back_from_an_old_backup_erases_again(counter: Engine) -> None:
    ended(counter)
    with counter.looking() as sql:
        before = [dict(row._mapping) for row in sql.execute(sa.select(personal))]
    erase(counter, "ann", DAN, "why")
    with counter.writing() as sql:
        sql.execute(sa.insert(personal), before)

    found = counter.verify().findings
    assert {"personal"} == {each.code for each in found if "still there" in each.text.en}
    erase(counter, "ann", DAN, "again")
    assert () == counter.verify().findings


# ------------------------------------------------------------ notices and incidents


def test_the_words_of_notices_and_incidents_are_blotted(counter: Engine, tmp_path: Path) -> None:
    (tmp_path / "enquiry").mkdir()
    words = "电话 {{ case.phone }}\n\n{{ recipient }}：{{ case.home.street }}，{{ case.kin | join('、') }}\n"
    (tmp_path / "enquiry" / "sent.zh.txt").write_text(words, encoding="utf-8")
    case = asked(counter)
    post = RecordingNotifier("post")
    deliver_due(counter, Channels({"post": post}, "post"), worker="w", templates=Templates(tmp_path))
    counter.fire(case, "end", DAN)
    with counter.writing() as sql:
        incidents.report(sql, 1, "step", case, Text(f"打不通 {PHONE}", f"no answer: {PHONE}"), case)
    assert PHONE in everything(counter)
    assert {"ann", "dan"} == {each.to for each in post.sent}
    erase(counter, "ann", DAN, "why")

    told = {each.recipient: each for each in notices.listed(counter)}
    assert "电话 （已抹去）" == told["ann"].subject == told["dan"].subject
    assert "（已抹去）：（已抹去），（已抹去）" == (told["ann"].body or "").strip()
    assert None is told["ann"].address
    (incident,) = incidents.listed(counter)
    assert ("打不通 （已抹去）", "no answer: (erased)") == (incident.text.zh, incident.text.en)
    assert [] == [word for word in (PHONE, STREET, "ann@example.org") if word in everything(counter)]
    assert () == counter.verify().findings


def test_a_notice_that_is_written_later_says_that_it_was_erased(counter: Engine, tmp_path: Path) -> None:
    (tmp_path / "enquiry").mkdir()
    words = "电话 {{ case.phone }}\n\n{{ case.home.street }} {{ case.kin | join('、') }}\n"
    (tmp_path / "enquiry" / "sent.zh.txt").write_text(words, encoding="utf-8")
    case = ended(counter)
    erase(counter, "ann", DAN, "why", case=case)
    post = RecordingNotifier("post")
    deliver_due(counter, Channels({"post": post}, "post"), worker="w", templates=Templates(tmp_path))

    assert {"电话 （已抹去）"} == {each.subject for each in post.sent}
    assert {"（已抹去） （已抹去）"} == {each.body.strip() for each in post.sent}


# ------------------------------------------------------------ beside other jobs


def test_an_erasure_that_was_interrupted_goes_on(counter: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file is a commit of its own."""
    first, second = ended(counter), ended(counter, BOB, kin=["ann"])
    carry_out, calls = counter.carry_out, 0

    def once(step: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt
        return carry_out(step)

    with monkeypatch.context() as interrupted:
        interrupted.setattr(counter, "carry_out", once)
        with pytest.raises(KeyboardInterrupt):
            erase(counter, "ann", DAN, "why")
    assert () == counter.verify().findings
    assert 1 == len([line for line in plan(counter, "ann").lines if line.values])
    erase(counter, "ann", DAN, "why")

    assert [None, None] == [counter.case(each).root.values["kin"] for each in (first, second)]
    erasures = [r["seq"] for each in (first, second) for r in counter.history(each) if r["kind"] == "erasure"]
    assert [5, 5] == erasures
    assert () == counter.verify().findings


def test_what_was_erased_stays_so_through_a_migration_and_back(counter: Engine) -> None:
    case = counter.open("enquiry", ANN, {"title": "x", "phone": PHONE, "age": 30}).case.id
    counter.fire(case, "call", DAN, {"line": LINE})
    erase(counter, "ann", DAN, "why", case=case, field="phone", even_open=True)
    text = (Path(__file__).parents[1] / "private.yaml").read_text(encoding="utf-8")
    newer = text.replace("version: 1", "version: 2\nmigrate: {from: 1, fields: {phone: tel, age: years}}")
    for old, new in (("phone", "tel"), ("age", "years")):
        newer = newer.replace(f"  {old}: {{type", f"  {new}: {{type").replace(f"case.{old}", f"case.{new}")
    newer = newer.replace("phone, age", "tel, years").replace("desk: [phone]", "desk: [tel]")
    counter.publish(newer)
    way = between(counter, "enquiry", 1, 2)
    (line,) = apply(counter, way, DAN, also=("differs",))

    root = counter.case(case).root
    assert (True, 2, ("tel",)) == (line.moved, root.version, root.erased)
    assert (None, 30) == (root.values["tel"], root.values["years"])
    assert [KEY] == [*counter.history(case)[-1]["cases"][0]["set"]["years"]]
    assert ((), 1) == (counter.verify().findings, counter.verify().erased)
    list(undo(counter, way, DAN))
    root = counter.case(case).root
    assert (1, ("phone",), None, 30) == (root.version, root.erased, root.values["phone"], root.values["age"])
    assert () == counter.verify().findings


def test_the_values_of_many_files_are_read_in_small_pieces(counter: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [ended(counter, Actor(f"p{n}")) for n in range(4)]
    bare = counter.open("enquiry", BOB, {"title": "x"}).case.id
    erase(counter, "p1", DAN, "why", case=cases[1])
    for batch in (1, 2, 3, 7):
        monkeypatch.setattr(hidden, "BATCH", batch)
        assert ((), 5) == (counter.verify().findings, counter.verify().erased)
        assert ((), 5) == ((found := counter.verify(cases[1])).findings, found.erased)
        assert ((), 0) == ((found := counter.verify(bare)).findings, found.erased)


def test_only_files_with_newer_records_are_compared_again(counter: Engine, outside: Folder) -> None:
    first, second = ended(counter), ended(counter, BOB)
    size = seal(counter, outside).size
    counter.fire(second, "call", DAN, {"line": LINE})
    with counter.writing() as sql:
        sql.execute(sa.delete(personal).where(personal.c.file == first))

    assert () == counter.verify(since=size).findings
    assert {first} == {each.file for each in counter.verify().findings}


def test_the_file_of_a_database_keeps_nothing_in_its_free_pages(
    sqlite: str, make_engine: Callable[..., Engine]
) -> None:
    """SQLite leaves what is deleted where it was, unless it was built, or is told, to overwrite it."""
    careless = sa.create_engine(sqlite)
    sa.event.listen(careless, "connect", lambda connection, _: connection.execute("PRAGMA secure_delete = OFF"))
    counter = make_engine(careless)  # as if on such a build; what the engine asks for comes after
    counter.publish((Path(__file__).parents[1] / "private.yaml").read_text(encoding="utf-8"))
    for n in range(40):
        street = f"{STREET} {n:03d} " * 40
        counter.open("enquiry", ANN, {"title": "x", "home": {"street": street, "town": "X"}})
    erase(counter, "ann", DAN, "why", even_open=True)
    counter.close()
    careless.dispose()

    path = Path(sa.make_url(sqlite).database or "")
    assert [] == [each.name for each in path.parent.glob(f"{path.name}*") if STREET.encode() in each.read_bytes()]


def test_a_notice_that_waits_for_somebody_erased_is_put_away(counter: Engine, tmp_path: Path) -> None:
    ended(counter)
    with counter.writing() as sql:
        waiting = {"recipient": "ann", "address": "ann@example.org", "worker": "w1", "body": f"tel. {PHONE}"}
        sql.execute(sa.update(notices_table).where(notices_table.c.party == "ann").values(waiting))
    erase(counter, "ann", DAN, "why")

    (posted,) = notices.listed(counter, party="ann")
    assert ("parked", None, None, None) == (posted.state, posted.next_at, posted.address, posted.worker)
    assert "tel. （已抹去）" == posted.body
    with counter.looking() as sql:  # a worker who had it is not believed any more
        assert 1 <= sql.execute(sa.select(notices_table.c.attempt).where(notices_table.c.party == "ann")).scalar_one()
    assert () == counter.verify().findings


def test_what_was_refused_before_there_was_a_case_cannot_be_guessed_either(counter: Engine) -> None:
    for actor in (ANN, BOB):
        with pytest.raises(Refused):
            counter.open("enquiry", actor, {"phone": PHONE}, request_id=f"refused-{actor.id}")
    erase(counter, "ann", DAN, "why")

    with counter.looking() as sql:
        kept = {row.id: row.fingerprint for row in sql.execute(sa.select(requests))}
    assert (True, False) == (kept["refused-ann"] == "", kept["refused-bob"] == "")
