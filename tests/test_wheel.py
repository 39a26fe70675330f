"""What is shipped works alone: the wheel in an empty environment, without anything a developer needs."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent


def run(*words: str | Path, cwd: Path, timeout: int = 300) -> subprocess.CompletedProcess[str]:
    """A program in an environment that knows nothing of the checkout."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CASEWORK", "COV_"))}
    env |= {"LANG": "en_US.UTF-8", "LC_ALL": "en_US.UTF-8", "PYTHONUTF8": "1"}
    return subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, timeout=timeout, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    built = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, CHECKOUT, cwd=folder)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of an environment that has the wheel and what it needs to run, and no more."""
    home = tmp_path_factory.mktemp("alone")
    venv.create(home, with_pip=False, symlinks=True)
    bin = home / ("Scripts" if os.name == "nt" else "bin")
    pip = (sys.executable, "-m", "pip", "--python", bin / "python", "--disable-pip-version-check")
    done = run(*pip, "install", "--quiet", "--constraint", CHECKOUT / "constraints.txt", wheel, cwd=home)
    if done.returncode != 0 and "CI" not in os.environ and "onnection" in done.stderr:
        pytest.skip("no package index can be reached, so the wheel cannot be installed alone")
    assert done.returncode == 0, done.stderr
    return bin


def test_the_top_level_holds_the_two_packages_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert {"workflow", "workflow_notifiers", f"{'-'.join(wheel.name.split('-')[:2])}.dist-info"} == {
        name.split("/")[0] for name in names
    }


@pytest.mark.parametrize(
    "name",
    [
        "workflow/py.typed",
        "workflow/lifecycle.schema.json",
        "workflow/definitions/proposal.yaml",
        "workflow/definitions/opinion.yaml",
        "workflow/definitions/proposal.feature",
        "workflow_notifiers/py.typed",
    ],
)
def test_what_is_not_python_travels_too(wheel: Path, name: str) -> None:
    assert name in zipfile.ZipFile(wheel).namelist()


def test_nothing_travels_that_an_office_does_not_run(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    allowed = (
        ".py",
        ".pyi",
        ".typed",
        ".yaml",
        ".json",
        ".mako",
        ".ini",
        ".sql",
        ".txt",
        ".j2",
        ".md",
        ".feature",
        "METADATA",
    )

    assert [] == [name for name in names if not name.endswith(allowed) and ".dist-info/" not in name]
    assert [] == [name for name in names if "test_" in name or "conftest" in name or "__pycache__" in name]


def test_no_path_of_this_machine_is_in_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        found = [name for name in archive.namelist() if str(CHECKOUT).encode() in archive.read(name)]

    assert [] == found


def test_the_command_explains_itself(installed: Path, tmp_path: Path) -> None:
    shown = run(installed / "casework", "--help", cwd=tmp_path)

    assert (0, "") == (shown.returncode, shown.stderr)
    assert "demo" in shown.stdout


def test_the_notifiers_are_found(installed: Path, tmp_path: Path) -> None:
    code = "from workflow.plugins import installed as i; print([(p.name, p.problem and p.problem.en) for p in i()])"

    shown = run(installed / "python", "-c", code, cwd=tmp_path)

    expected = [
        ("apprise", "it needs apprise: pip install 'casework[apprise]'"),
        ("console", None),
        ("email", None),
        ("file", None),
        ("webhook", "it needs httpx: pip install 'casework[webhook]'"),
    ]
    assert f"{expected}\n" == shown.stdout


def test_the_shipped_lifecycles_have_no_problem(installed: Path, tmp_path: Path) -> None:
    folder = run(
        installed / "python", "-c", "import workflow.shipped as s; print(s.shipped_definitions())", cwd=tmp_path
    )
    files = sorted(Path(folder.stdout.strip()).glob("*.yaml"))

    shown = run(installed / "casework", "lifecycle", "check", *files, cwd=tmp_path)

    assert ["opinion.yaml", "proposal.yaml"] == [file.name for file in files]
    assert 0 == shown.returncode, shown.stdout + shown.stderr


def test_the_countys_year_runs_and_prints_the_countys_figures(installed: Path, tmp_path: Path) -> None:
    shown = run(installed / "casework", "demo", "--db", "year.db", cwd=tmp_path, timeout=900)

    assert 0 == shown.returncode, shown.stdout + shown.stderr
    assert [] == [figure for figure in ("140", "22", "87", "10", "19") if figure not in shown.stdout]
    assert (tmp_path / "year.db").is_file()
