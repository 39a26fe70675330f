"""The steps of whoever keeps checkpoints outside the database, and of whoever changes what is in it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from pytest_bdd import step, then

from tests.contract import attacker
from workflow import signing
from workflow.core.checkpoint import notes
from workflow.core.errors import InputInvalid
from workflow.engine import Engine
from workflow.offline import script
from workflow.proving import Proven, bundle, prove, trusted
from workflow.sealing import Folder, seal
from workflow.store.tables import records
from workflow.testing import CountedIds, Office
from workflow.testing.steps import said_as
from workflow.trail import begin

DEFINITIONS = Path(__file__).parents[2] / "definitions"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """The auditor's own folder, which nobody else can write to."""
    folder = tmp_path / "outside"
    signing.create(folder, "审计")
    return folder


def looked(office: Office, outside: Path) -> Proven:
    kept = notes((outside / "checkpoints").read_text(encoding="utf-8"))
    return prove(office.engine, trusted(kept, signing.public_keys(outside / "审计.pub"), office.engine.origin))


@said_as(step, "本单位建库时选定审计日志用SM3")
def _(office: Office, tmp_path: Path) -> None:
    engine = Engine(f"sqlite:///{tmp_path}/sm3.db", clock=office.clock, ids=CountedIds())
    engine.create()
    begin(engine, "sm3")
    for each in office.lifecycles():
        engine.publish(DEFINITIONS / f"{each.name}.yaml")
    office.engine = engine


@said_as(step, "审计人封存了全部记录，检查点留在库外")
def _(office: Office, outside: Path) -> None:
    office.expect_nothing_refused()
    seal(office.engine, Folder(outside))


@said_as(step, "有人在库里改了“{case}”的一条记录")
def _(office: Office, case: str) -> None:
    with office.engine.writing() as sql:
        mine = sa.and_(records.c.file == office.cases[case], records.c.seq == 2)
        sql.execute(sa.update(records).where(mine).values(body=sa.func.replace(records.c.body, "王委员", "别人")))


@said_as(step, "有人在库里改了“{case}”的一条记录，并把摘要和各表全部重算")
def _(office: Office, case: str) -> None:
    stored = attacker.read(office.engine)
    next(each for each in stored if each.file == office.cases[case]).entry["who"]["name"] = "别人"
    attacker.recompute(office.engine, stored)


@said_as(step, "有人从库里删去了“{case}”，不留痕迹")
def _(office: Office, case: str) -> None:
    file = office.cases[case]
    attacker.remove_file(office.engine, file)
    attacker.recompute(office.engine, [each for each in attacker.read(office.engine) if each.file != file])


@said_as(step, "审计人给{who}出具了“{case}”的证明")
def _(office: Office, outside: Path, who: str, case: str, tmp_path: Path) -> None:
    assert who == office.case(case).created_by
    (kept,) = notes((outside / "checkpoints").read_text(encoding="utf-8"))
    made = bundle(office.engine, office.cases[case], kept)
    (tmp_path / "proof.json").write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
    (tmp_path / "check_proof.py").write_text(script(), encoding="utf-8")
    (tmp_path / "key.pub").write_bytes((outside / "审计.pub").read_bytes())


@said_as(step, "有人在证明里改了一个字")
def _(tmp_path: Path) -> None:
    path = tmp_path / "proof.json"
    path.write_text(path.read_text(encoding="utf-8").replace("已解决", "未解决", 1), encoding="utf-8")


def at_home(tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """The member's own computer: Python and nothing else."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", "check_proof.py", "proof.json", "key.pub"],
        cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


# ---------------------------------------------------------------- what is so then


@said_as(then, "审计人核对无误，全部记录得到证明")
def _(office: Office, outside: Path) -> None:
    proven = looked(office, outside)
    assert ((), 0) == (office.engine.verify().findings + proven.findings, proven.open)


@said_as(then, "检查点上写明日志用的是SM3")
def _(outside: Path) -> None:
    assert (outside / "checkpoints").read_text(encoding="utf-8").startswith("casework/sm3\n")


@said_as(then, "审计日志不能再改用SHA-256")
def _(office: Office) -> None:
    with pytest.raises(InputInvalid, match="cannot become sha256"):
        begin(office.engine, "sha256")


@said_as(then, "审计人查出“{case}”的记录被改动")
def _(office: Office, case: str) -> None:
    found = [each for each in office.engine.verify().findings if each.file == office.cases[case]]
    assert "changed" in {each.code for each in found}, f"没有查出“{case}”的记录被改动"


@said_as(then, "只看库里查不出什么")
def _(office: Office) -> None:
    assert () == office.engine.verify().findings


@said_as(then, "审计人凭库外的检查点查出记录被改写")
def _(office: Office, outside: Path) -> None:
    assert {each.code for each in looked(office, outside).findings} & {"rewritten", "truncated"}, "没有查出来"


@said_as(then, "审计人核对时有{n}条记录还没有检查点可证")
def _(office: Office, outside: Path, n: str) -> None:
    office.expect_nothing_refused()
    assert int(n) == looked(office, outside).open


@said_as(then, "{who}不用本系统就能核对，每一步都得到证明")
def _(office: Office, who: str, tmp_path: Path) -> None:
    done = at_home(tmp_path)
    assert 0 == done.returncode, done.stderr
    count = len(json.loads((tmp_path / "proof.json").read_text(encoding="utf-8"))["records"])
    assert f"已证明 {count} 条记录" in done.stdout
    assert who in done.stdout


@said_as(then, "{who}核对时通不过")
def _(who: str, tmp_path: Path) -> None:
    done = at_home(tmp_path)
    assert (1, True) == (done.returncode, "不能证明" in done.stderr), f"{who}没有发现证明被改"
