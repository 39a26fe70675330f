"""The command line: click groups, one file per noun. Each command parses, calls one function, and prints."""

from __future__ import annotations

from typing import NoReturn


def main() -> NoReturn:
    """The `casework` command."""
    from workflow.cli.root import casework

    raise SystemExit(casework.main())
