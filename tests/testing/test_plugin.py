"""The plug-in for pytest, in a project of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
HELPDESK = Path(__file__).with_name("helpdesk.yaml")
FEATURE = """\
# language: zh-CN
功能: 报修
  场景: 派工
    假如甲新建报修“打印机”
    当服务台对“打印机”办理“派工”，维修人为“乙”，地点为“大厅”
    那么“打印机”是“维修中”状态
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A host's tests: a lifecycle, a feature, and one line of Python."""
    (pytester.path / "helpdesk.yaml").write_text(HELPDESK.read_text("utf-8"), "utf-8")
    (pytester.path / "helpdesk.feature").write_text(FEATURE, "utf-8")
    pytester.makeini("[pytest]\ncasework_lifecycles = helpdesk.yaml\n")
    pytester.makepyfile("from pytest_bdd import scenarios\n\nscenarios('helpdesk.feature')\n")
    return pytester


def test_the_steps_and_the_office_are_there(project):
    project.runpytest_subprocess("-W", "error").assert_outcomes(passed=1)


def test_what_was_reached_is_printed(project):
    result = project.runpytest_subprocess("--casework-coverage")

    result.stdout.fnmatch_lines(
        [
            "*casework: what was reached*",
            "helpdesk version 1: 4 of 11, 36.4 %",
            "  states: 3 of 5; not reached: Repaired, Job*",
        ]
    )


@pytest.mark.parametrize(("least", "code"), [("36", 0), ("37", 1)])
def test_the_run_fails_where_too_little_is_reached(project, least, code):
    result = project.runpytest_subprocess("--casework-fail-under", least)

    assert code == result.ret
    assert ("less than 37 %" in result.stdout.str()) == bool(code)


def test_an_office_of_the_host_is_counted_too(pytester):
    pytester.makepyfile(
        f"""
        import pytest
        from workflow.testing import Office

        @pytest.fixture
        def desk(tmp_path):
            office = Office.on(f"sqlite:///{{tmp_path}}/desk.db")
            office.publish({str(HELPDESK)!r})
            yield office
            office.engine.close()

        def test_it(desk):
            desk.open("helpdesk", "printer", by="ada", title="It burns")
        """
    )

    result = pytester.runpytest_subprocess("--casework-coverage")

    result.stdout.fnmatch_lines(["helpdesk version 1: 1 of 11, 9.1 %"])


def test_unused_it_imports_nothing_of_the_engine():
    program = "import sys, workflow.testing.plugin; print(*(name for name in sys.modules if name.startswith(('workflow', 'sqlalchemy'))))"

    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)

    assert {"workflow", "workflow.testing", "workflow.testing.plugin"} == set(shown.stdout.split())
