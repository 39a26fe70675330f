"""Why a notice could not be delivered, in words for whoever has to look at it."""

from __future__ import annotations

from workflow.core.model import Text

TOLD_ANYWAY = Text("抄送的人都已作为收件人收到，不另发", "who would get the copy is told anyway; nothing is sent")


def in_both(text: Text) -> Text:
    """The sentence with something in each language."""
    return Text(text.say("zh"), text.say("en"))


def nobody(reason: str) -> Text:
    """At the step it could not be worked out who is to be told."""
    return Text(f"算不出收件人：{reason}", f"it could not be worked out who is to be told: {reason}")


def unknown(party: str) -> Text:
    """The party is not in the directory, or has left."""
    return Text(
        f"“{party}”未登记或已停用，通知无人可送；请登记（casework people add）后重试",
        f"{party!r} is not registered, or no longer active, so nobody can be told; add it (`casework people add`) and "
        "try again",
    )


def lost(tries: int) -> Text:
    """Every worker that tried it was killed, or too slow."""
    return Text(
        f"发送 {tries} 次都没有结果（进程中断或超时）",
        f"{tries} attempts ended without an answer (killed, or too slow)",
    )


def failed(tries: int, reason: Text) -> Text:
    """The channel refused it too often."""
    return Text(f"试了 {tries} 次未成：{reason.zh}", f"failed {tries} times: {reason.en}")


def unwritten(error: Exception) -> Text:
    """A fault of ours while it was being written."""
    reason = f"{type(error).__name__}: {error}"
    return Text(f"写通知时出错：{reason}", f"writing it failed: {reason}")


def no_channel(channel: str) -> Text:
    """The channel is not in the file of channels."""
    return Text(
        f"没有配置渠道“{channel}”；请在渠道文件里加上后重试",
        f"the channel {channel!r} is not set up; add it to the file of channels and try again",
    )


def down(channel: str, reason: Text) -> Text:
    """The channel has failed for long."""
    return Text(
        f"渠道“{channel}”长时间送不出：{reason.zh}", f"the channel {channel!r} has been failing for long: {reason.en}"
    )
