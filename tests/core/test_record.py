from dataclasses import replace

from workflow.core.model import Actor, Blocker, Case, Command, File, Kind, Lifecycle, State, Text
from workflow.core.record import (
    LONGEST_NOTE,
    migration_entry,
    refusal_entry,
    resolution_entry,
    timer_entry,
    who,
)
from workflow.core.written import chain, read


def test_a_record_keeps_who_acted_and_for_whom() -> None:
    actor = Actor("clerk01", "王", "office", frozenset({"g"}), on_behalf_of="m1", through="cli")

    assert {
        "id": "clerk01", "name": "王", "unit": "office", "roles": ["proposer"], "for": "m1", "through": "cli",
    } == who(actor, ["proposer"])  # fmt: skip


def test_what_was_refused_is_recorded_whatever_it_held() -> None:
    command = Command("fi\ud800le", Actor("x"), {"e\u0301": 1.5, "a": object()})  # type: ignore[dict-item]
    blocker = Blocker("invalid", Text("没有\ud800", "no"), "e\u0301")

    entry = refusal_entry("c1", "draft", command, [blocker], None, file="c1", now=1, request="r1")

    assert "refusal" == read(chain(entry, "log", 1, "")[0])["kind"]
    assert ["a", "é"] == entry["given"]
    assert "é" == entry["blockers"][0]["about"]
    assert ("fi?le", "没有?") == (entry["action"], entry["blockers"][0]["zh"])


LIFECYCLE = Lifecycle("proposal", 2, Kind("", "draft", {"draft": State("draft")}, {}), digest="d")
NAMED = {"name": "proposal", "version": 2, "digest": "d"}


def test_a_refusal_is_recorded_with_all_that_was_tried() -> None:
    command = Command("file", Actor("x"), {"b": 1, "a": 2})
    blocker = Blocker("guard", Text("太短", "too short"), "long_enough")
    entry = refusal_entry("c1", "draft", command, [blocker], LIFECYCLE, file="f1", now=1, request="r1")

    assert {
        "file": "f1", "case": "c1", "at": 1, "who": {"id": "x", "through": "library"}, "lifecycle": NAMED, "kind": "refusal",
        "action": "file", "given": ["a", "b"], "from": "draft", "request": "r1",
        "blockers": [{"code": "guard", "about": "long_enough", "zh": "太短", "en": "too short"}],
    } == entry  # fmt: skip


def test_what_a_person_did_about_something_is_recorded_as_he_said_it() -> None:
    entry = resolution_entry(
        "erase", Actor("x"), "长" * (LONGEST_NOTE + 1), {"field": "phone"}, file="f1", now=1, case="c1", state="draft",
        lifecycle=LIFECYCLE, kind="erasure", erased=["b", "a"],
    )  # fmt: skip

    assert {
        "file": "f1", "case": "c1", "at": 1, "who": {"id": "x", "through": "library"}, "lifecycle": NAMED, "kind": "erasure",
        "action": "erase", "note": "长" * LONGEST_NOTE, "input": {"field": "phone"}, "erased": ["a", "b"], "from": "draft",
    } == entry  # fmt: skip


def test_what_concerns_no_case_is_recorded_without_a_state() -> None:
    entry = resolution_entry("retry", Actor("x"), "好了", {}, file="office", now=1)

    assert {"file", "at", "who", "kind", "action", "note"} == set(entry)


def test_what_a_clock_told_is_recorded_with_its_moment_and_why_nothing_was_taken() -> None:
    timer = {"deadline": "due", "event": "overdue", "moment": 1, "due": 1}
    blocker = Blocker("guard", Text("在办", "busy"))
    late = timer_entry("c1", "draft", timer, [blocker], LIFECYCLE, file="f1", now=2)
    engine = {"id": "engine", "name": "引擎", "through": "engine"}

    assert {
        "file": "f1", "case": "c1", "at": 2, "happened": 1, "who": engine, "lifecycle": NAMED, "kind": "timer",
        "action": "due", "timer": timer, "from": "draft", "blockers": [{"code": "guard", "zh": "在办", "en": "busy"}],
    } == late  # fmt: skip
    assert "happened" not in timer_entry("c1", "draft", timer, [], LIFECYCLE, file="f1", now=1)


def test_a_migration_is_recorded_with_both_versions_and_what_it_takes_back() -> None:
    def file(state: str) -> File:
        return File(Case("c1", "c1", "proposal", 1, "", state, "m1", 0, 0))

    source = replace(LIFECYCLE, version=1, digest="c")
    entry = migration_entry(file("draft"), file("sent"), LIFECYCLE, source, Actor("x"), now=1, note="改版", undoes=7)

    assert {
        "file": "c1", "case": "c1", "at": 1, "who": {"id": "x", "through": "library"}, "lifecycle": NAMED,
        "source": {"name": "proposal", "version": 1, "digest": "c"}, "kind": "migration", "action": "undo", "note": "改版",
        "undoes": 7, "cases": [{"id": "c1", "from": "draft", "to": "sent"}], "from": "draft", "to": "sent",
    } == entry  # fmt: skip
    assert "migrate" == migration_entry(file("a"), file("a"), LIFECYCLE, source, Actor("x"), now=1)["action"]


def test_a_refusal_names_the_lifecycle_it_was_judged_by() -> None:
    lifecycle = Lifecycle("proposal", 2, Kind("", "draft", {"draft": State("draft")}, {}), digest="d")

    entry = refusal_entry("c1", "", Command("file", Actor("x")), [], lifecycle, file="c1", now=1)

    assert {"name": "proposal", "version": 2, "digest": "d"} == entry["lifecycle"]
    assert "from" not in entry
