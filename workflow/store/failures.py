"""What a driver complains of, as a sentence that says what to do."""

from __future__ import annotations

from workflow.core.errors import StoreUnavailable
from workflow.core.model import Text

_FULL = frozenset(("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE", "53100", "1021", "1114"))
_READ_ONLY = frozenset(("25006", "1290", "1836"))


def code_of(error: BaseException) -> str:
    """By what the database calls it: a SQLSTATE, SQLite's name or MariaDB's number; "" where it said nothing."""
    if error.args and isinstance(error.args[0], int):  # MariaDB's; its SQLSTATE is HY000 for most of them
        return str(error.args[0])
    return getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None) or ""


def unavailable(error: BaseException) -> StoreUnavailable:
    """The driver's complaint as a sentence."""
    code = code_of(error)
    words = error.args[1] if code.isdigit() and len(error.args) > 1 else error  # MariaDB's stand behind its number
    reason = str(words).strip().partition("\n")[0]
    if code in _FULL:
        return StoreUnavailable(
            Text(
                zh=f"数据库所在的磁盘已满（{reason}），这一步什么也没有写入；请腾出空间后重试",
                en=f"the disk of the database is full ({reason}), and nothing of this step was written; make room and "
                "try again",
            )
        )
    if code.startswith("SQLITE_READONLY") or code in _READ_ONLY:
        return StoreUnavailable(
            Text(
                zh=f"数据库只能读，不能写（{reason}），什么也没有写入；请检查磁盘是否以只读方式挂载、文件权限，或是否连到了备库",
                en=f"the database can be read and not written ({reason}), and nothing was written; look whether its disk "
                "is mounted read-only, at the rights of its files, or whether this is a standby server",
            )
        )
    if code.startswith("SQLITE_CANTOPEN"):
        return StoreUnavailable(
            Text(
                zh=f"打不开数据库文件（{reason}）：所在的文件夹不存在、没有权限、只读或已满。SQLite 读的时候也要在旁边写文件；"
                "只读磁盘上没有人在写的库，可以用 --db 'sqlite:///file:路径?immutable=1&uri=true' 来看",
                en=f"the file of the database cannot be opened ({reason}): its folder is missing, forbidden, read-only or "
                "full. SQLite writes files beside it even to read; on a read-only disk, where nobody writes, look at it "
                "with --db 'sqlite:///file:PATH?immutable=1&uri=true'",
            )
        )
    return StoreUnavailable(
        Text(
            zh=f"数据库不可用：{reason}；请稍后重试或联系管理员",
            en=f"the database is not available: {reason}; try again",
        )
    )
