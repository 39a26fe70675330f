import inspect
import pickle

from workflow.core import errors
from workflow.core.errors import (
    Ambiguous,
    ConditionFailed,
    LifecycleInvalid,
    NotFound,
    Problem,
    Refused,
    RequestReused,
    Stale,
    VersionTaken,
    WorkflowError,
)
from workflow.core.model import Blocker, Place, Refusal, Text

TREE = {name: cls for name, cls in vars(errors).items() if inspect.isclass(cls) and issubclass(cls, WorkflowError)}


def test_every_error_stands_in_the_picture_with_its_exit_code() -> None:
    lines = (errors.__doc__ or "").splitlines()

    for name, cls in TREE.items():
        (line,) = [
            line for line in lines if name in line.replace("│", " ").replace("└──", " ").replace("├──", " ").split()
        ]
        assert str(cls.exit_code) in line.split()


def test_an_error_speaks_both_languages() -> None:
    blockers = (Blocker("role", Text("甲", "a")), Blocker("guard", Text("乙", "b")))
    refusal = Refusal("c1", "file", "draft", blockers)
    refused, stale = Refused(refusal), Stale(refusal, ["x"])

    assert ("甲；乙", "a; b", "a; b") == (refused.say("zh"), refused.say("en"), str(refused))
    assert (blockers, ("x",)) == (stale.blockers, stale.changes)
    who_was_there = Refused(refusal, {"who": {"id": "li"}, "at": 0})
    assert "a; b; last step: by li, 1970-01-01 08:00" == str(who_was_there)
    assert "请换一个编号" in RequestReused("r1").say()
    assert "raise `version`" in VersionTaken("proposal", 2).say("en")
    assert ("条件“x > 1”无法判断：null", "null") == (
        ConditionFailed("x > 1", "null").say("zh"),
        ConditionFailed("x > 1", "null").reason,
    )


def test_what_is_not_found_is_answered_with_what_is_near() -> None:
    case = Text("案件", "case")

    assert "没有案件“011”；是否指：011-1-001、011-1-002" == NotFound(case, "011", ["011-1-001", "011-1-002"]).say("zh")
    assert "there is no case '011'; did you mean a, b?" == NotFound(case, "011", ["a", "b"]).say("en")
    assert "there is no case 'x'" == NotFound(case, "x").say("en")
    assert "“011”不止一件：a、b；请写全编号" == Ambiguous("011", ["a", "b"]).say("zh")
    assert ("011", ("a",)) == (Ambiguous("011", ["a"]).name, Ambiguous("011", ["a"]).near)


def test_all_problems_of_a_file_are_one_error() -> None:
    problems = [
        Problem(Place("a.yaml", 1, 2), "X", Text("甲", "a")),
        Problem(Place("a.yaml", 3, 4), "Y", Text("乙", "b")),
    ]

    assert "a.yaml:1:2: 甲\na.yaml:3:4: 乙" == LifecycleInvalid(problems).say("zh")


def test_an_error_reaches_another_process_as_it_is() -> None:
    stale = Stale(Refusal("c1", "file", "draft", (Blocker("role", Text("甲", "a")),)), ["x"])
    for error in (stale, RequestReused("r1"), VersionTaken("proposal", 2), WorkflowError(Text("甲", "a"))):
        received = pickle.loads(pickle.dumps(error))
        assert (type(error), str(error), error.say()) == (type(received), str(received), received.say())
        assert vars(error) == vars(received)
