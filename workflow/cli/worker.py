"""`worker`: timers and notices, by the clock."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from workflow.cli.command import command, option
from workflow.cli.desk import Desk
from workflow.cli.language import say
from workflow.cli.posting import CHANNELS, TEMPLATES

if TYPE_CHECKING:
    from workflow.channels import Channels
    from workflow.witnesses import Seals


@command(
    option("--once", is_flag=True, zh="办完到期的就结束（供 cron 使用）", en="end when nothing is due any more, for cron"),
    CHANNELS,
    TEMPLATES,
    option("--every", type=click.FloatRange(0.05, 3600), default=1.0, metavar="SECONDS", zh="无事时多久看一次（默认 1 秒）", en="how often to look when there is nothing to do (1)"),
    option("--lease", type=click.FloatRange(0.1, 86_400), default=60.0, metavar="SECONDS", zh="认领的有效期（默认 60 秒）", en="how long a claim is good for (60)"),
    option("--timeout", type=click.FloatRange(0.05, 43_200), default=20.0, metavar="SECONDS", zh="单次发送最长时间，不超过租期一半（默认 20 秒）", en="the longest one send may take, at most half of the lease (20)"),
    option("--attempts", type=click.IntRange(1, 1000), default=12, metavar="N", zh="试几次后搁置（默认 12）", en="after how many attempts a notice is parked (12)"),
    option("--seal", type=click.Path(path_type=Path), envvar="CASEWORK_SEAL", metavar="FOLDER", zh="同时封存记录：密钥与已签检查点的文件夹（或 CASEWORK_SEAL）；只在一台机器上使用", en="seal the records too: the folder of keys and of what was signed (or CASEWORK_SEAL); on one machine only"),
    option("--seal-every", type=click.FloatRange(1, 86_400), default=600.0, metavar="SECONDS", zh="最多多久封存一次（默认 600 秒）", en="the longest that new records wait to be sealed (600)"),
    option("--log", type=click.Path(path_type=Path), metavar="FILE", zh="事件日志（每行一个 JSON）写到文件，默认写到标准错误", en="where the log goes, one JSON object a line; by default to standard error"),
    option("--health", type=click.Path(path_type=Path), metavar="FILE", zh="每轮写一次的状态文件", en="a file written after each round, for whoever watches over it"),
    zh="可同时运行几个，也可在几台机器上；被中断或杀死都不丢通知。收到 SIGTERM 或 Ctrl-C 时办完手上这一条再停。",
    en="Several may run, also on several machines; none loses a notice, whatever happens to it. At SIGTERM or Ctrl-C it ends the send it is in, and stops.",
    gives='`{"timers", "sent", "failed", "parked", "rounds"}` when it ends.',
)  # fmt: skip
def worker(
    desk: Desk,
    once: bool,
    channels: Path | None,
    templates: Path | None,
    every: float,
    lease: float,
    timeout: float,
    attempts: int,
    seal: Path | None,
    seal_every: float,
    log: Path | None,
    health: Path | None,
) -> None:
    """Deliver notices and fire timers, until told to stop."""
    from workflow.channels import read_channels
    from workflow.outbox import Policy
    from workflow.templates import Templates
    from workflow.worker import Worked, Worker

    sending = read_channels(channels)
    made = Worker(
        desk.engine, sending, policy=Policy(lease, timeout, attempts),
        templates=Templates(templates) if templates else None, every=every, health=health,
        seals=_seals(desk, sending, seal, seal_every),
    )  # fmt: skip

    def shown(worked: Worked, waiting: int) -> None:
        told = say(
            f"已送 {worked.sent}，待送 {waiting}，搁置 {worked.parked}",
            f"sent {worked.sent}, waiting {waiting}, parked {worked.parked}",
        )
        click.echo(f"\r\033[K{told}", err=True, nl=False)

    terminal = sys.stderr.isatty() and not desk.as_json
    with _logging(log, made.name, silent=terminal) as made.tell, _stopping(made.stop):
        if terminal:
            made.shown = shown
        done = made.run(once=once)
    if terminal:
        click.echo(err=True)
    data = {name: getattr(done, name) for name in ("timers", "sent", "failed", "parked", "rounds")}
    desk.answer(
        data,
        lambda: click.echo(
            say(
                f"送出 {done.sent} 条，未成 {done.failed} 次，搁置 {done.parked} 条",
                f"{done.sent} sent, {done.failed} failed, {done.parked} parked",
            )
        ),
    )


def _seals(desk: Desk, channels: Channels, folder: Path | None, every: float) -> Seals | None:
    if folder is None:
        return None
    from workflow.sealing import Folder
    from workflow.witnesses import Seals

    return Seals(desk.engine, Folder(folder), channels, every)


@contextmanager
def _logging(path: Path | None, worker: str, *, silent: bool) -> Iterator[Callable[..., None]]:
    from workflow.worker import log_to

    if path is not None:
        with path.open("a", encoding="utf-8") as stream:
            yield log_to(stream, worker)
    elif silent:
        yield lambda event, **facts: None
    else:
        yield log_to(sys.stderr, worker)


@contextmanager
def _stopping(stop: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and Ctrl-C stop the worker gently; the second Ctrl-C as usual."""

    def handle(number: int, frame: FrameType | None) -> None:
        stop()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before: dict[signal.Signals, Any] = {}
    with suppress(ValueError):  # not in the main thread: then nobody sends us signals
        before = {each: signal.signal(each, handle) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for each, old in before.items():
            signal.signal(each, old)
