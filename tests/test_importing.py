"""Taking in a list of proposals: an invented one always, the real one of a province where it lies beside the checkout."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from workflow import WorkflowError
from workflow.core.calendar import OFFICE_ZONE, micros
from workflow.core.model import Actor, File
from workflow.engine import Engine
from workflow.importing import CATEGORIES, ImportReport, import_proposals
from workflow.importing.papers import divided, signed_by
from workflow.importing.rows import Rows
from workflow.importing.titles import Titles
from workflow.shipped import shipped_definitions
from workflow.testing import FrozenClock

COLUMNS = ("personnel_name", "pkid", "proposal_number", "publish_time", "reason", "rownum", "type", "year", "content")
CLERK = Actor("clerk01", "程知秋", groups=frozenset({"proposal_office", "proposal_committee", "dispatch_office"}))
REAL = Path(os.environ.get("CASEWORK_DATA", Path(__file__).parents[2] / "shared" / "data")) / "cppcc_jiangsu_2019.csv"


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(date(2022, 3, 1))


@pytest.fixture
def engine(sqlite: str, make_engine: Callable[..., Engine]) -> Engine:
    made = make_engine(sqlite)
    for name in ("opinion", "proposal"):
        made.publish(shipped_definitions() / f"{name}.yaml")
    return made


def paper(
    number: str = "0001",
    title: str = "关于增设路灯的提案",
    by: str = "柳某",
    category: str = "城乡建设",
    content: str = "情况说明：东街夜里很暗。具体建议：1、增设路灯。2、修剪行道树。",
    on: str = "2022-01-12 15:42:19",
) -> tuple[str, ...]:
    return (by, f"id-{number}", number, on, title, "1", category, "2022", content)


def write(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as text:
        csv.writer(text).writerows([COLUMNS, *rows])
    return path


def take_in(engine: Engine, path: Path, *rows: Sequence[str]) -> ImportReport:
    return import_proposals(engine, write(path / "list.csv", rows), CLERK)


# ---------------------------------------------------------------- what is taken in


def test_a_row_becomes_a_submitted_proposal_of_its_proposer_dated_by_its_publication(
    engine: Engine, tmp_path: Path
) -> None:
    report = take_in(engine, tmp_path, paper())
    root = engine.case(report.cases[0]).root
    assert ("submitted", "柳某", "member_single", ["柳某"]) == (
        root.state, root.created_by, root.values["proposer_type"], root.values["proposers"],
    )  # fmt: skip
    assert ("关于增设路灯的提案", "0001", "economy", "城乡建设") == tuple(
        root.values[name] for name in ("title", "filing_number", "category", "topic")
    )
    assert ("情况说明：东街夜里很暗。", ["1、增设路灯。", "2、修剪行道树。"]) == (
        root.values["problem"], root.values["suggestions"],
    )  # fmt: skip
    published = micros(datetime(2022, 1, 12, 15, 42, 19, tzinfo=OFFICE_ZONE))
    assert [published, published] == [record["happened"] for record in engine.history(root.id)]


def test_the_record_names_both_the_clerk_who_typed_and_the_proposer(engine: Engine, tmp_path: Path) -> None:
    report = take_in(engine, tmp_path, paper())
    typed = [(record["who"]["id"], record["who"]["for"]) for record in engine.history(report.cases[0])]
    assert [("clerk01", "柳某"), ("clerk01", "柳某")] == typed


def test_a_number_that_was_printed_is_kept_when_the_proposal_is_filed(engine: Engine, tmp_path: Path) -> None:
    case = take_in(engine, tmp_path, paper("0417")).cases[0]
    engine.fire(case, "file", CLERK, {"category": "economy"})
    assert "0417" == engine.case(case).root.values["filing_number"]
    assert [case] == [found.id for found in engine.find("proposal", where={"filing_number": "0417"})]


@pytest.mark.parametrize(
    ("text", "first", "signers", "kind"),
    [
        ("柳某", "柳某", 1, "member_single"),
        ("柳某等2人", "柳某", 2, "member_joint"),
        ("柳某等 11 人", "柳某", 11, "member_joint"),
        ("民盟某县支部", "民盟某县支部", 1, "party"),
        ("某县工商联", "某县工商联", 1, "party"),
        ("县政协某某委员会", "县政协某某委员会", 1, "committee"),
        ("某县妇联", "某县妇联", 1, "mass_org"),
        ("教育界别", "教育界别", 1, "sector"),
        ("第三委员小组", "第三委员小组", 1, "group"),
    ],
)
def test_a_signature_names_the_first_proposer_how_many_signed_and_what_kind(
    text: str, first: str, signers: int, kind: str
) -> None:
    assert (first, signers, kind) == signed_by(text)


def test_a_joint_paper_says_how_many_signed_and_a_body_signs_for_itself(engine: Engine, tmp_path: Path) -> None:
    report = take_in(
        engine, tmp_path, paper("0001", by="柳某等3人"), paper("0002", "关于修桥的提案", by="民盟某县支部")
    )
    joint, body = (engine.case(case).root.values for case in report.cases)
    assert ("member_joint", "party", "民盟某县支部") == (
        joint["proposer_type"],
        body["proposer_type"],
        body["collective"],
    )
    assert "共 3 人" in engine.history(report.cases[0])[0]["note"]
    assert 3 == engine.case(report.cases[0]).root.values["signatories"]
    assert (1, 1, {"member_joint": 1, "party": 1}) == (report.joint, report.collective, report.by_type)
    assert ["person", "unit"] == [engine.people.get(id).kind for id in ("柳某", "民盟某县支部")]


def test_a_proposer_who_is_in_the_directory_by_name_keeps_his_id(engine: Engine, tmp_path: Path) -> None:
    from workflow.directory import Party

    engine.people.add(Party("m007", "柳某"))
    report = take_in(engine, tmp_path, paper())
    assert ("m007", ()) == (engine.case(report.cases[0]).root.created_by, report.entered)


def test_two_people_of_one_name_are_not_guessed_between(engine: Engine, tmp_path: Path) -> None:
    from workflow.directory import Party

    engine.people.add(Party("m007", "柳某"))
    engine.people.add(Party("m008", "柳某"))
    report = take_in(engine, tmp_path, paper(), paper("0002", "关于修桥的提案", by="窦某"))
    assert (1, [2]) == (report.taken, [each.line for each in report.rejected])
    assert "m007、m008" in report.rejected[0].text.zh


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("路暗。具体建议：一、装灯。二、修树。", ("路暗。", ("一、装灯。", "二、修树。"))),
        ("路暗。建议:（一）装灯。（二）修树。", ("路暗。", ("（一）装灯。", "（二）修树。"))),
        ("路暗。对策建议：装灯，修树。", ("路暗。", ("装灯，修树。",))),
        ("路暗。建议：1. 装灯，高 3、4 米。2. 修树。", ("路暗。", ("1. 装灯，高 3、4 米。", "2. 修树。"))),
        ("只有情况，没有别的。", None),
        ("建议：", None),
    ],
)
def test_suggestions_are_told_from_the_situation_by_their_heading(
    content: str, expected: tuple[str, tuple[str, ...]] | None
) -> None:
    assert expected == divided(content)


def test_a_text_without_such_a_heading_stands_whole_and_is_reported(engine: Engine, tmp_path: Path) -> None:
    report = take_in(engine, tmp_path, paper(content="东街夜里很暗，请装灯。"))
    assert (2,) == report.whole_texts
    assert ["东街夜里很暗，请装灯。"] == engine.case(report.cases[0]).root.values["suggestions"]


# ---------------------------------------------------------------- what is reported


def test_gaps_in_the_numbers_are_reported_as_ranges(engine: Engine, tmp_path: Path) -> None:
    titles = ("甲", "乙", "丙")
    report = take_in(
        engine, tmp_path, *(paper(n, f"关于{t}的提案") for n, t in zip(("0003", "0004", "0008"), titles, strict=True))
    )
    assert (((1, 2), (5, 7)), 5) == (report.gaps, report.missing)


def test_the_same_title_is_flagged_and_like_titles_are_reported_and_all_are_taken_in(
    engine: Engine, tmp_path: Path
) -> None:
    report = take_in(
        engine,
        tmp_path,
        paper("0001", "关于加快城区停车设施建设的提案"),
        paper("0002", "关于加快 城区停车设施建设的提案"),
        paper("0003", "关于加快老城区停车设施建设的提案"),
        paper("0004", "关于保护古树的提案"),
    )
    assert [(3, 2)] == [(pair.line, pair.other_line) for pair in report.same]
    assert {(4, 2), (4, 3)} == {(pair.line, pair.other_line) for pair in report.alike}
    assert 4 == report.taken


def test_titles_of_one_character_can_be_compared() -> None:
    titles = Titles()
    assert ([], [100]) == (list(titles.add(2, "灯")), [pair.likeness for pair in titles.add(3, "灯")])


def test_every_category_of_the_table_is_one_of_the_lifecycle(engine: Engine) -> None:
    allowed = engine.lifecycle("proposal").root.fields["category"].choices
    assert 14 == len(CATEGORIES)
    assert set() == set(CATEGORIES.values()) - set(allowed)


def test_an_unknown_category_is_taken_as_other_and_reported(engine: Engine, tmp_path: Path) -> None:
    report = take_in(engine, tmp_path, paper(category="天文地理"))
    values = engine.case(report.cases[0]).root.values
    assert ({"天文地理": 1}, "other", "天文地理") == (report.unknown_categories, values["category"], values["topic"])


@pytest.mark.parametrize(
    ("row", "part_of_the_reason"),
    [
        (paper(number="第三号"), "应为数字"),
        (paper(title=""), "缺案由"),
        (paper(by=" "), "缺提案者"),
        (paper(content=""), "缺正文"),
        (paper(on="去年冬天"), "应如 2019-01-12 15:42:19"),
        (paper(on="2031-01-12 15:42:19"), "不能晚于现在"),
        (paper(title="长" * 121), "最多 120 个字"),
        (paper()[:-2], "有 7 格，表头有 9 列"),
    ],
)
def test_a_bad_row_is_reported_with_its_line_and_reason_and_the_others_are_taken_in(
    engine: Engine, tmp_path: Path, row: Sequence[str], part_of_the_reason: str
) -> None:
    lines_over_two = paper("0009", "关于修桥的提案", content="桥旧了，\n有人摔倒。建议：修桥。")
    report = take_in(engine, tmp_path, lines_over_two, row, paper("0010", "关于植树的提案"))
    assert (3, 2, [4]) == (report.rows, report.taken, [each.line for each in report.rejected])
    assert part_of_the_reason in report.rejected[0].text.zh
    assert report.rejected[0].text.en


def test_a_quote_that_is_never_closed_is_reported_where_it_opens(engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "list.csv", [paper()])
    with path.open("a", encoding="utf-8") as text:
        text.write('窦某,id-2,0002,2022-01-12 15:42:19,"关于修桥的提案,2,城乡建设,2022,x\n柳某,和后面的一行\n')
    report = import_proposals(engine, path, CLERK)
    assert (1, [3]) == (report.taken, [each.line for each in report.rejected])
    assert "引号" in report.rejected[0].text.zh


def test_a_quote_out_of_place_costs_its_row_alone(engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "list.csv", [paper()])
    with path.open("a", encoding="utf-8", newline="") as text:
        text.write('窦某,id-2,0002,2022-01-12 15:42:19,"关于"修桥的提案,2,城乡建设,2022,桥旧。\n')
        csv.writer(text).writerow(paper("0003", "关于植树的提案"))
    report = import_proposals(engine, path, CLERK)
    assert (2, [3]) == (report.taken, [each.line for each in report.rejected])
    assert "不合 CSV 格式" in report.rejected[0].text.zh


def test_whoever_may_not_act_for_others_takes_in_nothing_and_hears_why(engine: Engine, tmp_path: Path) -> None:
    stranger = replace(CLERK, id="m001", groups=frozenset({"members"}))
    report = import_proposals(engine, write(tmp_path / "list.csv", [paper()]), stranger)
    assert (0, 1) == (report.taken, len(report.rejected))
    assert () == engine.find("proposal")


def test_a_second_time_takes_in_nothing_new(engine: Engine, tmp_path: Path, clock: FrozenClock) -> None:
    rows = [paper("0001"), paper("0002", "关于修桥的提案")]
    first = take_in(engine, tmp_path, *rows)
    clock.advance(hours=1)
    second = take_in(engine, tmp_path, *rows)
    assert (first.cases, 0, 2) == (second.cases, first.repeated, second.repeated)
    assert 2 == len(engine.find("proposal"))


def test_a_row_that_changed_since_it_was_taken_in_is_reported(engine: Engine, tmp_path: Path) -> None:
    take_in(engine, tmp_path, paper())
    report = take_in(engine, tmp_path, paper(title="关于不再增设路灯的提案"))
    assert (0, [2]) == (report.taken, [each.line for each in report.rejected])
    assert 1 == len(engine.find("proposal"))


def test_a_number_used_twice_is_reported(engine: Engine, tmp_path: Path) -> None:
    other = ("窦某", "id-x", *paper("0001", "关于修桥的提案")[2:])
    assert (("0001", 3),) == take_in(engine, tmp_path, paper(), other).repeated_numbers


def test_progress_is_told_after_each_row(engine: Engine, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = write(tmp_path / "list.csv", [paper("0001"), paper("x"), paper("0003", "关于修桥的提案")])
    import_proposals(engine, path, CLERK, progress=lambda done, count: told.append((done, count)))
    assert [(1, 3), (2, 3), (3, 3)] == told


def test_the_report_reads_as_sentences_and_as_json(engine: Engine, tmp_path: Path) -> None:
    other = ("窦某等2人", "id-x", *paper("0004", category="天文", content="路暗。")[2:])
    report = take_in(engine, tmp_path, paper("0002"), paper("x"), other, paper("0004", "关于增设路灯的提案二"))
    chinese, english = "\n".join(report.lines("zh")), "\n".join(report.lines("en"))
    assert "共 4 行：新收 3 件" in chinese
    assert "缺号 2 个：1、3" in chinese
    assert "第 4 行与第 2 行案由相同" in chinese
    assert "第 5 行：提案号 0004 已用过" in chinese
    assert "案由相近" in chinese
    assert "1 件没有单列的建议" in chinese
    assert "3 taken in, 0 known before, 1 not taken" in english
    json = report.as_json("en")
    assert (4, 3, [[1, 1], [3, 3]], {"天文": 1}) == (
        json["rows"],
        json["taken"],
        json["gaps"],
        json["unknown_categories"],
    )


# ---------------------------------------------------------------- files


@pytest.mark.parametrize(
    ("written", "read"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gbk", "gb18030"), ("gb18030", "gb18030")]
)
def test_the_encoding_is_found_and_reported(engine: Engine, tmp_path: Path, written: str, read: str) -> None:
    path = write(tmp_path / "list.csv", [paper()], encoding=written)
    report = import_proposals(engine, path, CLERK)
    assert (read, "关于增设路灯的提案") == (report.encoding, engine.case(report.cases[0]).root.values["title"])


@pytest.mark.parametrize(
    ("content", "part_of_the_reason"),
    [
        (b"\xff\xfe\x00\xd8", "既不是 UTF-8 也不是 GBK"),
        (b"", "缺少列"),
        ("案由,提案者\nx,y\n".encode(), "缺少列"),
    ],
)
def test_a_file_that_is_no_such_list_gets_one_sentence(tmp_path: Path, content: bytes, part_of_the_reason: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(WorkflowError) as problem:
        Rows(path)
    assert part_of_the_reason in problem.value.say("zh")
    assert 2 == problem.value.exit_code


def test_a_file_that_is_not_there_gets_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WorkflowError) as problem:
        Rows(tmp_path / "nowhere.csv")
    assert "nowhere.csv" in problem.value.say("en")


def test_invisible_characters_and_full_width_spaces_do_not_come_in(engine: Engine, tmp_path: Path) -> None:
    report = take_in(engine, tmp_path, paper(title="关于\u200b增设\u202e路灯\u3000的提案\ufeff"))
    assert "关于增设路灯 的提案" == engine.case(report.cases[0]).root.values["title"]


# ---------------------------------------------------------------- the real list


@pytest.fixture
def real() -> Path:
    if not REAL.is_file():
        pytest.skip(
            f"the list of 2019 is not part of the project; put it at {REAL} or name its folder in CASEWORK_DATA"
        )
    return REAL


def test_436_real_proposals_are_taken_in_and_what_is_known_of_them_is_found(engine: Engine, real: Path) -> None:
    report = import_proposals(engine, real, CLERK)
    assert (436, 436, 0, ()) == (report.rows, report.taken, report.repeated, report.rejected)
    assert (82, 496, {}) == (report.joint, report.missing, report.unknown_categories)
    # SOURCES.md counts 80 groups: it misses the 4 of a 工商联 and the 2 of a 台联, whose names are as short as a person's
    assert {"member_single": 268, "member_joint": 82, "party": 78, "committee": 6, "mass_org": 2} == report.by_type
    assert 80 + 4 + 2 == report.collective
    assert (1, 5) == (len(report.same), len(report.alike))


def test_30_of_them_are_walked_to_closed(engine: Engine, real: Path) -> None:
    report = import_proposals(engine, real, CLERK)
    for case in report.cases[::15][:30]:
        before = engine.case(case).root
        after = walk_to_closed(engine, case)
        assert ("closed", before.values["filing_number"]) == (after.root.state, after.root.values["filing_number"])
    assert 30 == len(engine.find("proposal", state="closed", limit=100))
    assert () == tuple(engine.verify().findings)


def walk_to_closed(engine: Engine, case: str) -> File:
    """The main road: one unit handles, answers, and whoever proposed is content."""
    unit = Actor("edu01", "经办人", unit="edu")
    root = engine.case(case).root
    engine.fire(case, "file", CLERK, {"category": root.values["category"], "handling": "sole"})
    engine.fire(case, "assign", CLERK, {"units": [{"unit": "edu", "part": "sole"}]})
    engine.fire(part(engine, case, "assignment"), "sign", unit)
    talked = {"member": root.created_by, "mode": "face", "gist": "当面听取意见"}
    engine.fire(part(engine, case, "assignment"), "record_contact", unit, talked)
    engine.fire(part(engine, case, "assignment"), "reply", unit, {"class": "A", "reply": "已办理。"})
    engine.fire(part(engine, case, "assignment"), "accept_reply", CLERK)
    proposer = replace(CLERK, on_behalf_of=root.created_by)
    engine.fire(part(engine, case, "feedback"), "answer", proposer, {"result": "satisfied", "attitude": "satisfied"})
    quality = {"topic": 19, "research": 18, "analysis": 18, "advice": 28, "form": 10}
    engine.fire(part(engine, case, "quality_sheet"), "score", unit, quality)
    handling = {"organised": 10, "contact": 19, "punctuality": 15, "reply": 19, "effect": 33}
    engine.fire(part(engine, case, "handling_sheet"), "score", proposer, handling)
    return engine.fire(case, "close", CLERK).file


def part(engine: Engine, case: str, kind: str) -> str:
    return next(part.id for part in engine.case(case).parts if part.kind == kind and part.open)
