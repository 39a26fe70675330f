"""Sentences about the figures that a lifecycle declares."""

from __future__ import annotations

from workflow.core.model import Text
from workflow.testing.failing import hold, same
from workflow.testing.office import Office
from workflow.testing.phrases import Chapter

CHAPTER = Chapter(
    Text("统计", "Figures"),
    Text(
        "指标用它的标签（括号前的部分即可）或键来说；流程名不加引号，如：提案的“办复率”是2件中的1件。",
        "A metric is called by its label (the part before a bracket is enough) or its key, the lifecycle without quotes.",
    ),
)


@CHAPTER.says(zh=["{lifecycle}的“{metric}”是{of}件中的{n}件"], en=['the "{metric}" of {lifecycle} is {n} of {of}'])
def _(office: Office, lifecycle: str, metric: str, n: str, of: str) -> None:
    figure = office.figure(lifecycle, metric)
    same(f"{n}/{of}", f"{figure.count}/{figure.of}", Text(f"“{metric}”", f"the {metric!r}"))


@CHAPTER.says(zh=["{lifecycle}的“{metric}”是{n}件"], en=['the "{metric}" of {lifecycle} is {n}'])
def _(office: Office, lifecycle: str, metric: str, n: str) -> None:
    same(int(n), office.figure(lifecycle, metric).count, Text(f"“{metric}”", f"the {metric!r}"))


@CHAPTER.says(zh=["{lifecycle}的“{metric}”没有数"], en=['the "{metric}" of {lifecycle} has no value'])
def _(office: Office, lifecycle: str, metric: str) -> None:
    figure = office.figure(lifecycle, metric)
    hold(figure.value is None, f"“{metric}”印成了{figure.printed}", f"the {metric!r} is printed as {figure.printed}")
