from workflow.core.model import Actor, Blocker, Command, Kind, Lifecycle, State, Text
from workflow.core.record import refusal_entry, who
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


def test_a_refusal_names_the_lifecycle_it_was_judged_by() -> None:
    lifecycle = Lifecycle("proposal", 2, Kind("", "draft", {"draft": State("draft")}, {}), digest="d")

    entry = refusal_entry("c1", "", Command("file", Actor("x")), [], lifecycle, file="c1", now=1)

    assert {"name": "proposal", "version": 2, "digest": "d"} == entry["lifecycle"]
    assert "from" not in entry
