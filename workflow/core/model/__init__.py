"""The nouns everything else is written in.

Two families. *Declarations* are what a lifecycle file says, compiled and never changed:
`Lifecycle`, `Kind`, `State`, `Transition`, `Field`, `Role`, `Guard`, … *Facts* are what an office has:
`Case`, `File` (a root case and its parts), `Actor`, `Command`, and the answers `Move` and `Refusal`.

Every moment is an integer of microseconds UTC. Every text for a person is a `Text` in Chinese and English.
"""

from workflow.core.model.answers import Blocker, BlockerCode, Move, NoticeWanted, NumberWanted, Opened, Refusal, Started
from workflow.core.model.facts import ENGINE_ACTOR, Actor, Case, Command, File, Linked
from workflow.core.model.fields import Field, FieldType, Guard, Role, Setting
from workflow.core.model.lifecycle import Carrying, Invariant, Lifecycle, Metric, Migration, Renaming, Selector, Tally
from workflow.core.model.moves import (
    ANY,
    EDIT,
    ENGINE,
    OPEN,
    ORIGIN,
    ROOT,
    Effects,
    Join,
    Kind,
    Numbering,
    Opening,
    Route,
    Starting,
    State,
    Transition,
)
from workflow.core.model.telling import Deadline, Extension, NoticeRule, OpenedHolders, Recipient, Telling
from workflow.core.model.texts import Duration, Expression, Json, Language, Micros, Outcome, Place, Text

__all__ = [
    "ANY",
    "Actor",
    "Blocker",
    "BlockerCode",
    "Carrying",
    "Case",
    "Command",
    "Deadline",
    "Duration",
    "EDIT",
    "ENGINE",
    "ENGINE_ACTOR",
    "Effects",
    "Expression",
    "Extension",
    "Field",
    "FieldType",
    "File",
    "Guard",
    "Invariant",
    "Join",
    "Json",
    "Kind",
    "Language",
    "Lifecycle",
    "Linked",
    "Metric",
    "Micros",
    "Migration",
    "Move",
    "NoticeRule",
    "NoticeWanted",
    "NumberWanted",
    "Numbering",
    "OPEN",
    "ORIGIN",
    "Opened",
    "OpenedHolders",
    "Opening",
    "Outcome",
    "Place",
    "ROOT",
    "Recipient",
    "Refusal",
    "Renaming",
    "Role",
    "Route",
    "Selector",
    "Setting",
    "Started",
    "Starting",
    "State",
    "Tally",
    "Telling",
    "Text",
    "Transition",
]
