"""The options about channels and templates that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

from workflow.cli.command import option

CHANNELS = option(
    "--channels", type=click.Path(path_type=Path), metavar="FILE", envvar="CASEWORK_CHANNELS",
    zh="渠道文件（TOML；或环境变量 CASEWORK_CHANNELS）；没有时通知打印在终端",
    en="the file of channels (TOML; or CASEWORK_CHANNELS); without one notices are printed on the terminal",
)  # fmt: skip
TEMPLATES = option(
    "--templates", type=click.Path(path_type=Path), metavar="FOLDER", envvar="CASEWORK_TEMPLATES",
    zh="本单位的模板文件夹（或 CASEWORK_TEMPLATES），先于自带模板", en="the office's own templates (or CASEWORK_TEMPLATES), before the shipped ones",
)  # fmt: skip
