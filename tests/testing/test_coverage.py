"""What scenarios reached, by the records."""

from pathlib import Path

import pytest

from workflow.loading import load_path
from workflow.testing import Office, Stage
from workflow.testing.coverage import Aim, Coverage, aims, total
from workflow.testing.features import parse
from workflow.testing.scenarios import play

DESK = """\
casework: 1
lifecycle: desk
version: 1
label: {zh: 窗口, en: Desk}
initial: asked
opened_by: [clerk]
roles:
  clerk: {group: clerks, label: {zh: 窗口人员, en: Clerk}}
  head: {group: heads, label: {zh: 科长, en: Head}}
fields:
  size: {type: int, required: true, min: 0, label: {zh: 数额, en: Size}}
guards:
  small: {when: case.size < 100, else: {zh: 数额太大, en: too large}}
states:
  asked: {label: {zh: 已申请, en: Asked}, edit: {clerk: [size]}}
  looked: {label: {zh: 在看, en: Looked at}, join: {when: case.size == 7, take: jump}}
  done: {label: {zh: 办结, en: Done}, final: successful}
transitions:
  look: {label: {zh: 看, en: Look}, from: asked, to: looked, by: [head], if: [small]}
  decide:
    label: {zh: 定, en: Decide}
    from: looked
    by: [head]
    routes:
      - {when: case.size < 10, to: done}
      - {when: 'case.size >= 10 && case.size < 50', to: done}
      - {else: true, to: asked}
  jump: {label: {zh: 跳过, en: Jump}, from: looked, to: done, by: [engine]}
deadlines:
  look_due: {in: asked, within: 5d, warn: [1d], overdue: {notify: late, to: [head], escalate: [{after: 1d, notify: later, to: [head]}]}, label: {zh: 看的期限, en: Time to look}}
notices:
  - {after: look, to: [head], template: seen}
invariants:
  sized: {in: looked, holds: 'case.size > 0'}
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    path = tmp_path_factory.mktemp("desk") / "desk.yaml"
    path.write_text(DESK, "utf-8")
    return Stage([path])


def reached(stage: Stage, steps: str) -> set[str]:
    """What a scenario reaches, in few words."""
    coverage = Coverage(stage.lifecycles[0])
    feature = parse(f"# language: zh-CN\n功能: f\n场景: s\n{steps}")
    came = play(stage, feature, feature.scenarios[0], coverage.watch)
    assert came.failure is None, came.failure
    assert set(coverage.reached) <= set(coverage.aims)
    return {" ".join(filter(None, (aim.sort, aim.name, aim.how))) for aim in coverage.reached}


def opened(size: int) -> str:
    return f"假如窗口人员新建“x”，数额为“{size}”\n"


def test_everything_that_can_be_reached_is_listed_once(desk):
    found = list(aims(desk.lifecycles[0]))

    assert len(set(found)) == len(found)
    assert {
        "state": 3, "action": 3, "route": 3, "guard": 2, "join": 1, "deadline": 4, "notice": 1, "role": 2, "invariant": 1
    } == {sort: tally.of for sort, tally in Coverage(desk.lifecycles[0]).tallies().items()}  # fmt: skip


def test_what_is_opened_reaches_its_first_state(desk):
    assert {"state asked"} == reached(desk, opened(5))


def test_a_step_reaches_its_states_guards_notices_and_invariants(desk):
    assert {
        "state asked", "state looked", "action look", "guard small met", "notice look seen", "invariant sized",
        "deadline look_due kept",
    } == reached(desk, opened(5) + "当科长对“x”办理“看”")  # fmt: skip


@pytest.mark.parametrize(("size", "route"), [(5, "1"), (20, "2"), (70, "3")])
def test_of_two_routes_to_one_state_the_one_that_held_is_reached(desk, size, route):
    found = reached(desk, opened(size) + "当科长对“x”办理“看”\n而且科长对“x”办理“定”")

    assert [f"route decide {route}"] == [each for each in found if each.startswith("route")]


def test_a_join_is_reached_when_the_engine_takes_it(desk):
    assert "join looked jump" in reached(desk, opened(7) + "当科长对“x”办理“看”")


def test_a_refusal_reaches_the_guard_that_did_not_hold(desk):
    found = reached(desk, opened(500) + "那么科长不能对“x”办理“看”，因为“数额太大”")

    assert "guard small unmet" in found
    assert "action look" not in found


@pytest.mark.parametrize(
    ("steps", "role"),
    [
        ("那么路人不能对“x”办理“看”", "role head"),
        ("那么路人不能对“x”办理“修改”，数额为“3”", "role clerk"),
        ("当路人新建“y”，数额为“3”\n那么被拒绝，因为“须由窗口人员”", "role clerk"),
    ],
)
def test_somebody_else_who_tried_reaches_the_role(desk, steps, role):
    assert role in reached(desk, opened(5) + steps)


def test_a_deadline_warns_ends_and_escalates(desk):
    def of_deadline(day: int) -> set[str]:
        found = reached(desk, f"假如今天是2022年3月1日\n{opened(5)}当时间到了2022年3月{day}日")
        return {each.split()[-1] for each in found if each.startswith("deadline")}

    assert [set(), {"warned"}, {"warned", "overdue"}, {"warned", "overdue", "escalated"}] == [
        of_deadline(day) for day in (2, 6, 8, 10)
    ]


def test_what_was_not_reached_is_called_by_its_labels(desk):
    coverage = Coverage(desk.lifecycles[0])
    called = [aim.called(coverage.lifecycle) for aim in coverage.missing]

    assert coverage.aims == coverage.missing
    assert {
        "办结", "看", "定（第 2 个去向，到办结）", "数额太大（不满足）", "在看（跳过）", "看的期限（逾期升级）", "看（seen）", "科长",
        "sized",
    } <= {each.zh for each in called}  # fmt: skip
    assert {"Decide (route 2, to Done)", "too large (not met)", "Time to look (kept)"} <= {each.en for each in called}


def test_the_total_is_over_all_lifecycles(desk):
    one, two = Coverage(desk.lifecycles[0]), Coverage(desk.lifecycles[0])
    one.reached.update(one.aims)

    assert 50.0 == total([one, two]).percent
    assert 100.0 == total([]).percent


def test_an_office_on_a_database_is_covered_too(tmp_path, stage):
    office = Office.on(f"sqlite:///{tmp_path}/desk.db")
    lifecycle = office.publish(Path(__file__).with_name("helpdesk.yaml"))
    office.person("desk01", ["desk"])
    office.open("helpdesk", "printer", by="ada", title="It burns")
    office.do("printer", "send", by="desk01", repairers=["bob"], place="hall")
    coverage = Coverage(lifecycle)
    coverage.watch(office)
    office.engine.close()

    assert Aim("state", "job", "waiting") in coverage.reached
    assert Aim("action", "", "send") in coverage.reached


def test_every_aim_of_the_shipped_lifecycles_has_a_name():
    for name in ("proposal", "opinion"):
        lifecycle = load_path(Path(__file__).parents[2] / "definitions" / f"{name}.yaml")
        assert [] == [aim for aim in aims(lifecycle) if not (aim.called(lifecycle).zh and aim.called(lifecycle).en)]
