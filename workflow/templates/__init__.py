"""The words of notices: plain text files in which only what is declared can be named.

`definitions/templates/<lifecycle>/<template>.<zh|en>.txt`: the first line is the subject. An office's own folder of
the same shape comes first; a notice without a template of its own gets the general one.
"""

from __future__ import annotations

from workflow.templates.checking import check
from workflow.templates.folders import Templates
from workflow.templates.writing import Written, write

__all__ = ["Templates", "Written", "check", "write"]
