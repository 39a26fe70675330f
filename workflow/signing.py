"""Keys that sign checkpoints: made, kept in files that only their owner reads, and used.

A private key is one line as signed-note has it, `PRIVATE+KEY+name+hash+base64`; its public half, `name+hash+base64`,
stands beside it, to be handed to auditors. A key of another kind (SM2 in a device, say) stays where it is: a command
signs with it.
"""

from __future__ import annotations

import json
import os
import subprocess
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow.core.checkpoint import ED25519, Key, key, named
from workflow.core.errors import InputInvalid
from workflow.core.model import Text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from workflow.ports import Signer

PRIVATE = ".private"
PUBLIC = ".pub"
COMMAND = ".command"
RETIRED = ".retired"
_BEGINS = "PRIVATE+KEY+"
LONGEST = 30.0  # seconds that a signing command may take


@dataclass(frozen=True, slots=True)
class Ed25519:
    """A key of our own, from a file."""

    key: Key
    private: Ed25519PrivateKey

    def sign(self, text: bytes) -> bytes:
        """64 bytes."""
        return self.private.sign(text)


@dataclass(frozen=True, slots=True)
class Command:
    """A program that signs: it reads the text from standard input and writes the bare signature to standard output."""

    key: Key
    words: tuple[str, ...]

    def sign(self, text: bytes) -> bytes:
        """What the program wrote. Raises InputInvalid where it fails, writes nothing or does not end."""
        called = " ".join(self.words)
        try:
            done = subprocess.run(self.words, input=text, capture_output=True, timeout=LONGEST, check=False)  # noqa: S603 - the office's own program
        except (OSError, subprocess.TimeoutExpired) as error:
            raise InputInvalid(
                Text(
                    f"签名程序“{called}”没有完成：{error}", f"the signing program {called!r} did not end well: {error}"
                )
            ) from error
        if done.returncode or not done.stdout:
            said = done.stderr.decode(errors="replace").strip()[:200]
            raise InputInvalid(
                Text(
                    f"签名程序“{called}”失败（{done.returncode}）：{said}",
                    f"the signing program {called!r} failed ({done.returncode}): {said}",
                )
            )
        return done.stdout


def create(folder: Path, name: str) -> Key:
    """Make a key of this name in `folder`; gives its public half. Raises InputInvalid where there is one already."""
    _named(name)
    made = _library().Ed25519PrivateKey.generate()
    public = Key(name, ED25519 + made.public_key().public_bytes_raw())
    seed = b64encode(ED25519 + made.private_bytes_raw()).decode()
    _write(folder, name, PUBLIC, f"{public}\n")  # first: where there is one, nothing is written
    _write(folder, name, PRIVATE, f"{_BEGINS}{name}+{public.hash.hex()}+{seed}\n")
    return public


def attach(folder: Path, public: Key, words: tuple[str, ...]) -> Key:
    """Let a program sign for the key `public`: its words are kept in `folder`. Raises InputInvalid where there is a key
    of this name.
    """
    _named(public.name)
    _write(folder, public.name, PUBLIC, f"{public}\n")
    _write(folder, public.name, COMMAND, json.dumps(words, ensure_ascii=False) + "\n")
    return public


def retire(folder: Path, name: str) -> None:
    """The key signs no more. Its public half stays, for what it has signed. Raises InputInvalid where there is none."""
    for kind in (PRIVATE, COMMAND):
        path = folder / f"{name}{kind}"
        if path.exists():
            path.rename(path.with_name(path.name + RETIRED))
            return
    signing = "、".join(names(folder)) or "—"
    raise InputInvalid(
        Text(
            f"{folder} 里没有正在签名的密钥“{name}”；现有：{signing}",
            f"no key {name!r} signs in {folder}; these do: {signing}",
        )
    )


def names(folder: Path) -> list[str]:
    """The names of the keys that sign, sorted."""
    found = [path.name for kind in (PRIVATE, COMMAND) for path in folder.glob(f"*{kind}")]
    return sorted(name.rpartition(".")[0] for name in found)


def signers(folder: Path) -> list[Signer]:
    """What signs, by name. Raises InputInvalid where a file cannot be read or does not hold what it should."""
    return [_signer(folder, name) for name in names(folder)]


def public_keys(path: Path) -> list[Key]:
    """The public keys in a file, one in a line. Raises InputInvalid."""
    lines = [line for line in _read(path).splitlines() if line.strip() and not line.startswith("#")]
    if any(line.startswith(_BEGINS) for line in lines):
        raise InputInvalid(
            Text(
                f"{path} 是私钥；核对只用公钥（同名的 {PUBLIC} 文件），私钥请勿外传",
                f"{path} holds a private key; verifying takes the public one (the file {PUBLIC} beside it)",
            )
        )
    if not lines:
        raise InputInvalid(Text(f"{path} 里没有公钥", f"there is no public key in {path}"))
    return [_key(path, line) for line in lines]


def _signer(folder: Path, name: str) -> Signer:
    (public,) = public_keys(folder / f"{name}{PUBLIC}")
    command = folder / f"{name}{COMMAND}"
    if command.exists():
        return Command(public, _words(command))
    path = folder / f"{name}{PRIVATE}"
    library = _library()
    try:
        seed = b64decode(_read(path).strip().removeprefix(_BEGINS).split("+", 2)[2], validate=True)[1:]
        private = library.Ed25519PrivateKey.from_private_bytes(seed)
    except (IndexError, ValueError):
        private = None
    if private is None or ED25519 + private.public_key().public_bytes_raw() != public.data:
        raise InputInvalid(
            Text(
                f"私钥文件 {path} 已损坏，或与公钥不是一对",
                f"the private key {path} is damaged, or does not belong to the public one",
            )
        )
    return Ed25519(public, private)


def _words(path: Path) -> tuple[str, ...]:
    try:
        words = json.loads(_read(path))
    except ValueError:
        words = None
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        raise InputInvalid(
            Text(f"{path} 不是签名程序：须是 JSON 的字符串数组", f"{path} names no program: a JSON array of texts")
        )
    return tuple(words)


def _library() -> Any:
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError:
        raise InputInvalid(
            Text(
                "签名需要 cryptography：pip install 'casework[sign]'（核对不需要）",
                "signing needs cryptography: pip install 'casework[sign]' (verifying does not)",
            )
        ) from None
    return ed25519


def _key(path: Path, line: str) -> Key:
    try:
        return key(line)
    except ValueError as error:
        raise InputInvalid(Text(f"{path} 里不是公钥：{line[:60]}", f"not a public key in {path}: {error}")) from None


def _named(name: str) -> None:
    if not named(name) or "/" in name or name.startswith("."):
        raise InputInvalid(
            Text(
                f"密钥名称“{name}”不可用：不能为空，不能含空格、“+”、“/”，不能以“.”开头",
                f"a key cannot be called {name!r}: no spaces, no '+', no '/', no leading dot",
            )
        )


def _write(folder: Path, name: str, kind: str, text: str) -> None:
    """A new file that only its owner reads."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{name}{kind}"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644 if kind == PUBLIC else 0o600)
    except FileExistsError:
        raise InputInvalid(
            Text(f"已有密钥文件 {path}，没有覆盖", f"there is a key {path} already; nothing was overwritten")
        ) from None
    with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor
        file.write(text)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputInvalid(Text(f"读不到文件 {path}（{error}）", f"cannot read {path} ({error})")) from None
