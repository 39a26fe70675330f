"""What spreadsheet programs save is read; what they are given, they do not run."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import workflow
from workflow.core.errors import InputInvalid
from workflow.spreadsheets import encoding, table, written

ROWS = [["part 分件", "state", "谁"], ["", "草稿", "√"], ["a,b", 'say "x"', "x"]]


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "gbk"])
@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_a_table_is_read_in_every_usual_form(tmp_path: Path, name: str, between: str) -> None:
    path = tmp_path / "t.csv"
    lines = [between.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in ROWS]
    path.write_bytes(("\r\n".join(lines) + f"\r\n{between * 2}\r\n").encode(name))

    assert list(enumerate(ROWS, 1)) == table(path)


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "＋1", "－1", "＠x", "  =1", "\u3000=cmd"]
)
def test_nothing_is_a_formula(cell: str) -> None:
    assert written([[cell, "ok"]]).lstrip('"').startswith("'")


def test_no_other_module_writes_csv() -> None:
    sources = {path: path.read_text("utf-8") for path in Path(workflow.__file__).parent.rglob("*.py")}

    found = [path.name for path, text in sources.items() if "csv.writer" in text or "DictWriter" in text]

    assert ["spreadsheets.py"] == found


@given(st.lists(st.lists(st.text("=+-@'ab ，√\"\n;,", max_size=5).map(str.strip), min_size=3, max_size=3), max_size=4))
def test_what_was_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    path = tmp_path_factory.mktemp("t") / "t.csv"
    path.write_text(written([["a", "b", "c"], *rows]), "utf-8-sig", newline="")

    assert [["a", "b", "c"], *(row for row in rows if any(row))] == [cells for _, cells in table(path)]


def test_the_line_of_a_row_is_where_it_begins(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a,b\n"1\n2",x\ny,z\n', "utf-8")

    assert [1, 2, 4] == [line for line, _ in table(path)]


@pytest.mark.parametrize("data", [b"\xff\xfea\x00", b"\xef\xbb\xbf\xe8", b"\x81"])
def test_another_encoding_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)

    with pytest.raises(InputInvalid, match="neither UTF-8 nor GBK"):
        encoding(path)


def test_what_is_no_csv_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a,b\nc,"d', "utf-8")

    with pytest.raises(InputInvalid, match=r"t\.csv:2: no proper CSV"):
        table(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputInvalid, match="cannot be read"):
        table(tmp_path / "nowhere.csv")
