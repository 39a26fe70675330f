"""`audit key`: the keys that sign checkpoints."""

from __future__ import annotations

from pathlib import Path

import click

from workflow import signing
from workflow.cli.command import argument, command
from workflow.cli.desk import Desk
from workflow.cli.language import say
from workflow.cli.sealing import FOLDER
from workflow.core.checkpoint import Key
from workflow.core.errors import InputInvalid
from workflow.core.model import Text

NAME = argument("name", zh="密钥名称，如 本会-2022", en="the key's name, such as office-2022")
SHAPE = '`{"name", "public", "checkable"}`'


@command(
    NAME, FOLDER,
    zh="私钥只存在这台机器的文件里（仅属主可读），公钥请交给审计人。要换密钥：建新的，两把同时签署一段时间，再停用旧的。",
    en="The private half stays in a file that only its owner reads; hand the public half to the auditor. To change keys make a "
    "new one, let both sign for a while, then retire the old one.",
    gives=f"{SHAPE}.",
)  # fmt: skip
def create(desk: Desk, name: str, folder: Path) -> None:
    """Make an Ed25519 key."""
    _answer(desk, signing.create(folder, name), folder)


@command(
    argument("public", zh="公钥：名称+摘要+base64", en="the public key: name+hash+base64"),
    argument("words", nargs=-1, required=True, metavar="PROGRAM …", zh="签名程序及其参数：从标准输入读原文，把签名写到标准输出", en="the signing program and its arguments: text on standard input, signature on standard output"),
    FOLDER,
    zh="用于放在硬件里的密钥或 SM2：签名由外部程序完成，如 openssl。",
    en="For keys in hardware, or SM2: a program of yours signs, openssl for instance.",
    gives=f"{SHAPE}.",
)  # fmt: skip
def attach(desk: Desk, public: str, words: tuple[str, ...], folder: Path) -> None:
    """Let a program sign for a key."""
    from workflow.core.checkpoint import key

    try:
        found = key(public)
    except ValueError as error:
        raise InputInvalid(Text(f"不是公钥：{public[:60]}", f"not a public key: {error}")) from None
    _answer(desk, signing.attach(folder, found, words), folder)


@command(FOLDER, gives=f"an array of {SHAPE}.")
def list_(desk: Desk, folder: Path) -> None:
    """The keys that sign."""
    found = [signing.public_keys(folder / f"{name}{signing.PUBLIC}")[0] for name in signing.names(folder)]

    def human() -> None:
        for each in found:
            click.echo(str(each))
        if not found:
            click.echo(say(f"{folder} 里没有密钥", f"no key signs in {folder}"))

    desk.answer([_json(each) for each in found], human)


@command(NAME, FOLDER, gives='`{"name"}`.')
def retire(desk: Desk, name: str, folder: Path) -> None:
    """A key signs no more; what it has signed stays good."""
    signing.retire(folder, name)
    told = say(f"密钥“{name}”已停用", f"the key {name!r} is retired")
    desk.answer({"name": name}, lambda: click.echo(told))


def _answer(desk: Desk, made: Key, folder: Path) -> None:
    def human() -> None:
        click.echo(str(made))
        path = folder / f"{made.name}{signing.PUBLIC}"
        click.echo(say(f"公钥在 {path}，请交给审计人", f"the public key is in {path}; hand it to the auditor"))

    desk.answer(_json(made), human)


def _json(each: Key) -> dict[str, object]:
    return {"name": each.name, "public": str(each), "checkable": each.checkable}
