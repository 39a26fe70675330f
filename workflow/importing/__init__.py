"""Taking in a list of proposals from a CSV file: nothing guessed, nothing lost, and a second time does nothing.

Each row is opened and submitted through the public API, typed by the office on behalf of whoever signed it (代录入), and
dated by its `publish_time`. The file is read twice as a stream: once to know its encoding and length, once to take it in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from workflow.core.errors import InputInvalid, Refused, RequestReused
from workflow.core.model import Actor, Json, Text
from workflow.directory import Party
from workflow.importing.ledger import ImportReport, Ledger
from workflow.importing.papers import Paper, divided, read_paper
from workflow.importing.rows import Row, Rows

if TYPE_CHECKING:
    from workflow.engine import Engine

CATEGORIES: Mapping[
    str, str
] = {  # a list of fourteen that one province uses -> 五位一体; its own word is kept as `topic`
    "经济发展": "economy",
    "工业商贸": "economy",
    "财税金融": "economy",
    "农林水利": "economy",
    "城乡建设": "economy",
    "科学技术": "economy",
    "政治建设": "politics",
    "法制建设": "politics",
    "统战综合": "politics",
    "文化宣传": "culture",
    "教育事业": "society",
    "医卫体育": "society",
    "社会事业": "society",
    "资源环境": "ecology",
}
UNKNOWN_CATEGORY = "other"

Progress = Callable[[int, int], None]


def import_proposals(
    engine: Engine,
    path: str | Path,
    actor: Actor,
    *,
    lifecycle: str = "proposal",
    categories: Mapping[str, str] = CATEGORIES,
    progress: Progress | None = None,
) -> ImportReport:
    """Open and submit a proposal for each row of the CSV file at `path`, and say what was found.

    Columns: `personnel_name`, `proposal_number`, `publish_time` (2019-01-12 15:42:19, on the office's clock), `reason` (the
    title), `type`, `content`; `pkid` and `year` where there are any. `actor` must be one who may act on behalf of
    others. Proposers who are not in the directory by name are entered there, under their name. `progress` is called
    after each row with how many are done and how many there are.

    A row that cannot be taken in is reported with its line and its reason, and the next one is tried. A row that was
    taken in before is known again by its `pkid` (or year and number). Raises InputInvalid for a file that is no such
    CSV file at all.
    """
    rows = Rows(Path(path))
    ledger = Ledger(rows.name, rows.encoding)
    intake = _Intake(engine, actor, lifecycle, categories, ledger)
    for done, row in enumerate(rows, 1):
        intake.take(row)
        if progress is not None:
            progress(done, rows.count)
    return ledger.report()


class _Intake:
    """One run over one file."""

    def __init__(
        self, engine: Engine, actor: Actor, lifecycle: str, categories: Mapping[str, str], ledger: Ledger
    ) -> None:
        self._engine = engine
        self._actor = replace(actor, through="import")
        self._lifecycle = lifecycle
        self._categories = categories
        self._ledger = ledger
        self._began = engine.now()
        self._known: dict[str, list[str]] = {}
        for party in engine.people.list():
            self._known.setdefault(party.name, []).append(party.id)

    def take(self, row: Row) -> None:
        ledger = self._ledger
        try:
            paper = read_paper(row)
            ledger.seen(paper)
            case, again = self._enter(paper)
        except (InputInvalid, Refused, RequestReused) as problem:
            ledger.rejected(row, problem.text)
        else:
            ledger.taken(paper, case, again)

    def _enter(self, paper: Paper) -> tuple[str, bool]:
        """The case id of the paper, and whether it had been taken in before."""
        proposer = self._party(paper)
        actor = replace(self._actor, on_behalf_of=proposer)
        key = "import-" + sha256(f"{self._lifecycle}\0{paper.key}".encode()).hexdigest()[:40]
        opened = self._engine.open(
            self._lifecycle,
            actor,
            self._values(paper, proposer),
            note=None if paper.signers < 2 else f"原件署名“{paper.signed}”，共 {paper.signers} 人，其余联名人未列名",
            happened=paper.published,
            request_id=f"{key}-open",
        )
        out = self._engine.fire(opened.case.id, "submit", actor, happened=paper.published, request_id=f"{key}-submit")
        return opened.case.id, out.receipt["at"] < self._began

    def _values(self, paper: Paper, proposer: str) -> dict[str, Json]:
        category = self._categories.get(paper.category)
        if category is None and paper.category:
            self._ledger.unknown_category(paper)
        parts = divided(paper.content)
        if parts is None:
            self._ledger.whole_text(paper)
        problem, suggestions = parts or (paper.content, (paper.content,))
        return {
            "title": paper.title,
            "proposer_type": paper.proposer_type,
            "collective": proposer if paper.collective else None,
            "signatories": paper.signers if paper.signers > 1 else None,
            "problem": problem,
            "suggestions": list(suggestions),
            "category": category or UNKNOWN_CATEGORY,
            "topic": paper.category,
            "filing_number": paper.number,
        }

    def _party(self, paper: Paper) -> str:
        """The directory's id of the first proposer, who is entered where nobody bears the name."""
        ids = self._known.get(paper.first, [])
        if len(ids) > 1:
            raise InputInvalid(
                Text(
                    zh=f"通讯录里有 {len(ids)} 个“{paper.first}”（{'、'.join(ids)}），无法判断是哪一个；请手工录入这一件",
                    en=f"{len(ids)} in the directory are called {paper.first!r} ({', '.join(ids)}); enter this one by hand",
                )
            )
        if not ids:
            self._engine.people.add(Party(paper.first, paper.first, kind="unit" if paper.collective else "person"))
            self._known[paper.first] = ids = [paper.first]
            self._ledger.entered(paper.first)
        return ids[0]
