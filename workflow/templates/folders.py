"""Where templates are found, and the sources of those that were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from workflow.core.model import Language
from workflow.shipped import shipped_definitions

LANGUAGES: tuple[Language, ...] = ("zh", "en")
DIGEST = "digest"  # the template of several notices as one message
GENERAL = "notice"  # the template of a notice that has none of its own, in the folder itself


class Templates:
    """The templates of an office: its own folders first, then those that are shipped. Read once."""

    def __init__(self, *folders: str | Path) -> None:
        self.folders: Sequence[Path] = (*map(Path, folders), shipped_definitions() / "templates")
        self._read: dict[Path, str | None] = {}

    def source(self, lifecycle: str, template: str, language: Language) -> tuple[str, str]:
        """The text of a template, and the file it stands in. The other language serves where this one was not
        written; where the lifecycle has neither, the template of that name for all lifecycles, and then the general one.
        """
        languages = (language, *(other for other in LANGUAGES if other != language))
        files = (Path(lifecycle) / template, Path(template), Path(GENERAL))
        names = [file.with_name(f"{file.name}.{each}.txt") for file in files for each in languages]
        for name in names:
            for folder in self.folders:
                text = self._text(folder / name)
                if text is not None:
                    return text, str(name)
        raise FileNotFoundError(str(names[0]))

    def _text(self, path: Path) -> str | None:
        if path not in self._read:
            self._read[path] = path.read_text(encoding="utf-8") if path.is_file() else None
        return self._read[path]
