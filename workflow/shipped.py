"""Where the lifecycles lie that an office starts from."""

from __future__ import annotations

from pathlib import Path


def shipped_definitions() -> Path:
    """The folder with `proposal.yaml`, `opinion.yaml` and `profiles/`: in the wheel, or in the checkout."""
    package = Path(__file__).parent
    packed = package / "definitions"
    return packed if packed.is_dir() else package.parent / "definitions"
