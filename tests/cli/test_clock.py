"""Due dates and working days at the command line, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Casework
from workflow.core.calendar import OFFICE_ZONE, micros
from workflow.core.model import Actor
from workflow.directory import Party
from workflow.engine import Engine
from workflow.testing import FrozenClock

ERRAND = Path(__file__).parents[1] / "clocked.yaml"
DESK, EDU = Actor("dan", "丹", groups=frozenset({"desk"})), Actor("eva", "爱娃", unit="edu")
NINGXIA = """\
casework-calendar: 1
year: 2022
region: nx
source: 假想的通知（测试用）
off: [2022-05-03, 2022-07-11]
"""


def moment(year: int, month: int, day: int) -> int:
    return micros(datetime(year, month, day, 10, tzinfo=OFFICE_ZONE))


class Desk:
    """An office whose past is made with a clock that is set, and looked at from the command line today."""

    def __init__(self, database: Path) -> None:
        self.clock = FrozenClock(moment(2022, 3, 1))
        self.engine = Engine(f"sqlite:///{database}", clock=self.clock)
        self.engine.create()
        self.engine.publish(ERRAND)
        for id, name, unit in (("edu", "教育局", None), ("water", "水务局", None), ("dan", "丹", None)):
            kind = "person" if id == "dan" else "unit"
            groups = ("desk",) if id == "dan" else ()
            self.engine.people.add(Party(id, name, kind=kind, unit=unit, groups=groups))  # type: ignore[arg-type]

    def given(self, unit: str = "edu") -> str:
        case = self.engine.open("errand", DESK).case.id
        self.engine.fire(case, "give", DESK, {"unit": unit})
        return case


@pytest.fixture
def desk(here: Path) -> Iterator[Desk]:
    made = Desk(here / "casework.db")
    yield made
    made.engine.close()


# ---------------------------------------------------------------- clock list


def test_overdue_clocks_come_first_then_those_that_run_then_those_that_rest(desk: Desk, run: Casework) -> None:
    resting = desk.given("water")
    desk.clock.set(moment(2022, 3, 2))
    desk.engine.fire(resting, "rest", DESK)
    desk.given()
    desk.clock.set(moment(2086, 1, 1))
    desk.given("water")
    lines = [line.split()[:3] for line in run("clock", "list").out.splitlines()[2:]]

    assert [
        ["2022-06-02", "逾期", "办复期限"],
        ["2022-06-30", "逾期", "plan_due"],
        ["2022-06-30", "逾期", "plan_due"],
        ["2086-02-01", "暂定", "plan_due"],
        ["2086-04-01", "暂定", "办复期限"],
        ["2022-03-02", "起停计（中止）", "办复期限"],
    ] == lines


def test_a_clock_that_rests_says_since_when_and_in_which_state(desk: Desk, run: Casework) -> None:
    case = desk.given()
    desk.clock.set(moment(2022, 3, 2))
    desk.engine.fire(case, "rest", DESK)
    english = run("clock", "list", "--lang", "en").out
    (found,) = [each for each in run("clock", "list", "--json").json if each["deadline"] == "reply_due"]

    assert "stopped 2022-03-02" in english
    assert (None, None, "2022-03-02T10:00:00+08:00") == (found["last"], found["due"], found["paused"])
    assert {"zh": "中止", "en": "Resting"} == found["stopped_by"]
    assert "reply_due" not in [each["deadline"] for each in run("clock", "list", "--overdue", "--json").json]


def test_only_what_a_unit_holds(desk: Desk, run: Casework) -> None:
    desk.given()
    desk.given("water")

    assert {"water"} == {each["holder"] for each in run("clock", "list", "--unit", "水务局", "--json").json}
    said = run("clock", "list", "--unit", "水务")
    assert (5, "错误：没有人员、单位或组“水务”；是否指：water\n") == (said.code, said.err)


def test_no_clock_at_all_is_said(desk: Desk, run: Casework) -> None:
    assert "没有在计的时限。\n" == run("clock", "list").out
    assert "no clock is running.\n" == run("clock", "list", "--lang", "en").out


def test_what_a_clock_could_not_do_is_said_below(desk: Desk, run: Casework) -> None:
    from workflow.timers import fire_all

    part = desk.engine.fire(desk.engine.open("errand", DESK).case.id, "give", DESK, {"unit": "edu"}).opened[0].id
    desk.engine.fire(part, "ask_return", EDU)
    desk.engine.fire(part, "hold", DESK)
    fire_all(desk.engine, now=moment(2022, 3, 10))

    assert "task:edu，正在复核" in run("clock", "list").out.splitlines()[-1]
    assert "needs a person" in run("clock", "list", "--lang", "en").out.splitlines()[-1]


# ---------------------------------------------------------------- clock explain


def test_a_clock_that_rests_is_explained_day_by_day(desk: Desk, run: Casework) -> None:
    case = desk.given()
    desk.clock.set(moment(2022, 3, 2))
    desk.engine.fire(case, "rest", DESK)
    lines = run("clock", "explain", case, "reply_due").out.splitlines()
    english = run("clock", "explain", case, "reply_due", "--lang", "en").out.splitlines()
    (told,) = run("clock", "explain", case, "reply_due", "--json").json

    assert lines[0].endswith("办复期限  停计")
    assert ["2022年3月1日（周二）：起算当天，不计", "2022年3月2日（周三）：第 1 天"] == lines[1:3]
    assert lines[3].startswith("2022年3月3日（周四）至 ")
    assert "停计，补还" in lines[3]
    assert "2022年3月2日（周三）起停计（“中止”期间不计）" in lines
    assert lines[-1].startswith("假如此刻恢复，到 ")
    assert "it stands still since Wed 2022-03-02 (not counted while 'Resting')" in english
    assert ("paused", None, "2022-03-02T10:00:00+08:00") == (told["standing"], told["due"], told["paused"])


def test_an_extension_is_told_where_it_begins(desk: Desk, run: Casework) -> None:
    case = desk.given()
    part = desk.engine.case(case).parts[0].id
    desk.engine.fire(part, "extend_reply_due", DESK, {"length": "5bd"}, note="待方案审定")
    lines = run("clock", "explain", case, "reply_due").out.splitlines()

    at = lines.index("延期 5 个工作日：")
    assert "2022年6月2日（周四）：第 1 个工作日" == lines[at + 1]
    assert "extended by 5 working days:" in run("clock", "explain", case, "reply_due", "--lang", "en").out


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [("zh", "错误：没有时限“replydue”；是否指：plan_due、reply_due\n"), ("en", "error: there is no deadline 'replydue'; did you mean plan_due, reply_due?\n")],
)  # fmt: skip
def test_a_deadline_that_is_not_there_is_answered_with_those_that_are(
    desk: Desk, run: Casework, lang: str, sentence: str
) -> None:
    said = run("clock", "explain", desk.given(), "replydue", "--lang", lang)

    assert (5, sentence) == (said.code, said.err)


def test_a_case_that_is_not_there_is_said(desk: Desk, run: Casework) -> None:
    said = run("clock", "explain", "011-1-999")

    assert 5 == said.code
    assert "没有" in said.err


# ---------------------------------------------------------------- calendar


def test_a_date_plus_working_days_is_told_without_a_database(run: Casework, here: Path) -> None:
    assert [
        "2022年9月29日（周四）：起算当天，不计",
        "2022年9月30日（周五）：第 1 个工作日",
        "2022年10月1日（周六）至 2022年10月7日（周五）：休息，不计（7 天）",
        "2022年10月8日（周六）至 2022年10月9日（周日）：调休上班，第 2 至 3 个工作日",
        "2022年10月10日（周一）至 2022年10月11日（周二）：第 4 至 5 个工作日",
        "到期：2022年10月11日（周二） 24 时",
    ] == run("calendar", "due", "2022-09-29", "5bd").out.splitlines()
    assert [] == list(here.iterdir()), "nothing is written"


def test_a_date_in_a_year_not_announced_is_provisional(run: Casework) -> None:
    later = run("calendar", "due", "2029-12-27", "3bd", "--json").json
    english = run("calendar", "due", "2029-12-27", "3bd", "--lang", "en").out

    assert (True, "2030-01-02") == (later["provisional"], later["last"])
    assert "the days off of 2030 are not announced yet" in english
    assert "(provisional)" in english.splitlines()[-1]
    assert "尚未公布" in run("calendar", "show", "2030").out
    assert True is run("calendar", "show", "2030", "--json").json["provisional"]


def test_a_year_is_shown_with_the_days_worked_in_exchange(run: Casework) -> None:
    year = run("calendar", "show", "2022", "--json").json

    assert ("2022-10-08" in year["work"], "2022-10-03" in year["off"], False) == (True, True, year["provisional"])
    assert "周末中上班的：2022-01-29 2022-01-30" in run("calendar", "show", "2022").out
    assert "weekend days worked: 2022-01-29" in run("calendar", "show", "2022", "--lang", "en").out


@pytest.mark.parametrize(
    ("args", "zh", "en"),
    [
        (["due", "2022-02-30", "5bd"], "“2022-02-30”不是日期；请写成 2022-03-01", "'2022-02-30' is not a date"),
        (["due", "2022-03-01", "5"], "“5”不是时长；请写成 5bd（工作日）", "'5' is no length; write 5bd"),
        (["due", "2022-03-01", "0d"], "“0d”不是时长", "'0d' is no length"),
        (["due", "2022-03-01"], "LENGTH", "LENGTH"),
        (["show", "22222"], "应为 1 到 9998 的整数", "from 1 to 9998"),
        (["sho"], "show", "show"),
    ],
)
def test_a_slip_is_answered_with_what_is_allowed(desk: Desk, run: Casework, args: list[str], zh: str, en: str) -> None:
    chinese, english = (run("calendar", *args, "--lang", lang) for lang in ("zh", "en"))

    assert (2, 2) == (chinese.code, english.code)
    assert zh in chinese.err
    assert en in english.err
    assert "Traceback" not in chinese.err + english.err


def test_the_days_of_a_region_lie_over_those_of_the_country(desk: Desk, run: Casework, here: Path) -> None:
    desk.given()  # plan_due ends on 30 June, reply_due on 1 June, errands of 3 May begin a month before
    (here / "nx.yaml").write_text(NINGXIA.replace("2022-07-11", "2022-06-30"), "utf-8")
    looked = run("calendar", "diff", "nx.yaml")
    before = run("calendar", "show", "2022", "--json").json
    loaded = run("calendar", "import", "nx.yaml", "--as", "dan")
    after = run("calendar", "show", "2022", "--json").json

    assert looked.out.splitlines()[-1].split()[-2:] == ["2022-06-30", "2022-07-01"]
    assert "已载入 nx 2022 年：放假 2 天，调休上班 0 天" in loaded.out
    assert {"2022-06-30"} == set(after["off"]) - set(before["off"])
    assert before["version"] != after["version"]
    assert "没有到期日变动。\n" == run("calendar", "diff", "nx.yaml").out
    assert "no due date moves.\n" == run("calendar", "diff", "nx.yaml", "--lang", "en").out


def test_a_notice_half_written_is_refused_with_the_place_and_nothing_is_loaded(
    desk: Desk, run: Casework, here: Path
) -> None:
    (here / "nx.yaml").write_text(NINGXIA.replace("2022-07-11", "2022-07-32"), "utf-8")
    before = run("calendar", "show", "2022", "--json").json
    said = run("calendar", "import", "nx.yaml", "--as", "dan")

    assert 2 == said.code
    assert "nx.yaml:5:19" in said.err
    assert before == run("calendar", "show", "2022", "--json").json


def test_loading_is_recorded_and_so_needs_a_person(desk: Desk, run: Casework, here: Path) -> None:
    (here / "nx.yaml").write_text(NINGXIA, "utf-8")
    said = run("calendar", "import", "nx.yaml")

    assert 2 == said.code
    assert "--as" in said.err


# ---------------------------------------------------------------- report --by unit


def test_on_time_and_overdue_by_unit_with_rule_period_and_cut_off(desk: Desk, run: Casework) -> None:
    prompt = desk.engine.case(desk.given()).parts[0].id
    desk.given("water")
    desk.engine.fire(prompt, "sign", EDU)
    desk.engine.fire(prompt, "reply", EDU)
    lines = run("report", "errand", "--year", "2022", "--by", "unit", "--as-of", "2022-07-01").out.splitlines()
    data = run("report", "errand", "--by", "unit", "--as-of", "2022-07-01", "--json").json
    english = run("report", "errand", "--by", "unit", "--lang", "en").out

    assert "交办事项  2022  截至 2022-07-01 00:00 的记录" == lines[0]
    assert ["教育局", "办复期限", "1", "0", "100.00%"] in [line.split() for line in lines]
    assert ["水务局", "办复期限", "0", "1", "0.00%"] in [line.split() for line in lines]
    assert lines[-2].startswith("按期：时限届满前结束的")
    assert ("errand", "../..", "2022-07-01T00:00:00+08:00") == (data["lifecycle"], data["period"], data["cut_off"])
    assert data["calendar"].startswith("cn")
    assert "Not counted" in english


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["errnd", "--by", "unit"], "没有已发布的流程“errnd”；是否指：errand"),
        (["errand", "--by", "units"], "unit"),
        (["errand", "--by", "unit", "--as-of", "年底"], "“年底”不是日期；请写成 2022-03-01"),
        (["errand", "--by", "unit", "--since", "2022-05-01", "--until", "2022-01-01"], "止日 2022-01-01 早于起日 2022-05-01"),
        (["errand", "--by", "unit", "--year", "2022", "--since", "2022-05-01"], "请只给年份或起止日期之一"),
    ],
)  # fmt: skip
def test_a_report_that_cannot_be_made_is_refused(desk: Desk, run: Casework, args: list[str], expected: str) -> None:
    said = run("report", *args)

    assert said.code in (2, 5)
    assert expected in said.err
    assert "Traceback" not in said.err
