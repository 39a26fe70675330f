"""For pytest: scenarios about lifecycles among a host's own tests, and how much of the lifecycles all tests reach.

With `casework_lifecycles` in the configuration of pytest (files or folders), every sentence is a step of pytest-bdd and
the fixture `office` is an office that works by them. `--casework-coverage` prints what was reached in any office of
`workflow.testing`; `--casework-fail-under` fails the run below a percentage. Unused, it imports nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from typing import Any

import pytest

_OFFICES = pytest.StashKey[list[Any]]()  # offices of a test
_COVERED = pytest.StashKey[dict[str, Any]]()  # the coverage of each lifecycle, by its digest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, and the setting."""
    group = parser.getgroup("casework", "casework: lifecycles")
    group.addoption("--casework-coverage", action="store_true", help="print what of each lifecycle the tests reached")
    group.addoption(
        "--casework-fail-under", type=float, metavar="PERCENT", help="fail where less of the lifecycles is reached"
    )
    parser.addini("casework_lifecycles", "lifecycle files or folders that the fixture `office` works by", type="paths")


def pytest_configure(config: pytest.Config) -> None:
    """Make the steps known, where they are wanted."""
    config.stash[_COVERED] = {}
    if config.getini("casework_lifecycles"):
        from workflow.testing import fixtures

        config.pluginmanager.register(fixtures, "casework-fixtures")


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: pytest.FixtureRequest) -> Generator[None, Any, Any]:
    """Remember each office, to look at it before it is given up."""
    made = yield
    office = sys.modules.get("workflow.testing.office")
    if office is not None and isinstance(made, office.Office) and _wanted(request.config):
        request.node.stash.setdefault(_OFFICES, []).append(made)
    return made


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Count what the test reached, while its office is there."""
    for office in item.stash.get(_OFFICES, []):
        from workflow.testing.coverage import Coverage

        covered = item.config.stash[_COVERED]
        for lifecycle in office.lifecycles():
            covered.setdefault(lifecycle.digest, Coverage(lifecycle)).watch(office)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print it."""
    if not _wanted(config):
        return
    from workflow.testing.coverage import SORTS

    terminalreporter.section("casework: what was reached")
    for each in config.stash[_COVERED].values():
        whole = each.total()
        terminalreporter.write_line(
            f"{each.lifecycle.name} version {each.lifecycle.version}: {whole.reached} of {whole.of}, {whole.percent:.1f} %"
        )
        for sort, tally in each.tallies().items():
            missing = ", ".join(aim.called(each.lifecycle).en for aim in each.missing if aim.sort == sort)
            rest = f"; not reached: {missing}" if missing else ""
            terminalreporter.write_line(f"  {SORTS[sort].en}: {tally.reached} of {tally.of}{rest}")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail the run where too little was reached."""
    least = session.config.getoption("--casework-fail-under")
    if least is None or exitstatus != pytest.ExitCode.OK:
        return
    from workflow.testing.coverage import total

    reached = total(session.config.stash[_COVERED].values()).percent
    if reached < least:
        print(f"\ncasework: {reached:.1f} % of the lifecycles was reached, less than {least:g} %")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _wanted(config: pytest.Config) -> bool:
    return config.getoption("--casework-coverage") or config.getoption("--casework-fail-under") is not None
