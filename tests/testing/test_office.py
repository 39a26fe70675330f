"""The small office of the kit, and its steps in English."""

from pathlib import Path

import pytest
from pytest_bdd import scenarios

from workflow import Refused

scenarios(str(Path(__file__).with_name("helpdesk.feature")))


@pytest.fixture
def printer(office):
    office.open("helpdesk", "printer", by="ada", title="The printer is on fire")
    return office


def test_a_case_is_closed_in_a_few_lines(printer):
    printer.do("printer", "send", by="desk01", repairers=["bob"], place="hall")
    printer.do("printer", "report", by="bob", part="job", of="bob", cost=30)

    assert "repaired" == printer.state("printer")


def test_doing_what_is_not_allowed_raises_the_refusal(printer):
    with pytest.raises(Refused, match="is for Desk"):
        printer.do("printer", "send", by="bob", repairers=["bob"], place="hall")


def test_an_attempt_keeps_the_refusal_until_it_is_looked_at(printer):
    assert not printer.attempt("printer", "send", by="bob", repairers=["bob"], place="hall")

    assert "role" == printer.expect_refusal().blockers[0].code
    printer.expect_nothing_refused()


def test_a_refusal_that_nobody_expected_fails_with_its_own_sentence(printer):
    printer.attempt("printer", "send", by="bob", repairers=["bob"], place="hall")

    with pytest.raises(AssertionError, match="须由服务台"):
        printer.attempt("printer", "send", by="desk01", repairers=["bob"], place="hall")
    printer.expect_nothing_refused()


def test_expecting_a_refusal_where_there_was_none_fails(printer):
    with pytest.raises(AssertionError, match="nothing was refused"):
        printer.expect_refusal()


def test_a_part_that_is_not_there_is_said_by_name(printer):
    with pytest.raises(AssertionError, match="printer has no job of bob"):
        printer.part("printer", "job", "bob")
    with pytest.raises(AssertionError, match="there is no part called 'bill'; there are: Job"):
        printer.part("printer", "bill")


def test_an_action_that_nobody_knows_is_for_the_engine_to_refuse(printer):
    with pytest.raises(Refused, match="there is no action 'explode'"):
        printer.do("printer", "explode", by="desk01")
