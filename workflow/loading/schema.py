"""The published JSON Schema, for completion and hover in editors: derived from `shape`, never written by hand.

`python -m workflow.loading.schema` writes it, and that of profiles, beside the package.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from workflow.loading.forms import Again, Anything, Either, Form, ListOf, Named, Record, Word
from workflow.loading.shape import LIFECYCLE, PROFILE
from workflow.loading.shape.fields import FIELD, FIELDS, ItemForm

HERE = Path(__file__).parent.parent

Schema = dict[str, Any]


def json_schema() -> Schema:
    """The shape of a lifecycle file, as JSON Schema 2020-12 with descriptions in Chinese and English."""
    return _Writer(LIFECYCLE).document("casework lifecycle")


def profile_schema() -> Schema:
    """The shape of a profile, likewise."""
    return _Writer(PROFILE).document("casework profile")


def published() -> dict[Path, str]:
    """The files that are published, and what each must hold."""
    schemas = {"lifecycle.schema.json": json_schema(), "profile.schema.json": profile_schema()}
    return {HERE / name: json.dumps(schema, ensure_ascii=False, indent=1) + "\n" for name, schema in schemas.items()}


class _Writer:
    """Turns forms into schemas; one that stands at several places, or in itself, is written once under `$defs`."""

    def __init__(self, root: Form) -> None:
        self.root = root
        self.seen: dict[int, int] = {}  # form -> at how many places it stands
        self.names: dict[int, str] = {}
        self.definitions: dict[str, Schema] = {}

    def document(self, title: str) -> Schema:
        self._count(self.root)
        body = self._body(self.root, "")
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": title,
            **body,
            "$defs": dict(sorted(self.definitions.items())),
        }

    def _count(self, form: Form) -> None:
        form = _itself(form)
        self.seen[id(form)] = self.seen.get(id(form), 0) + 1
        if self.seen[id(form)] == 1:
            for _, inner in _within(form):
                self._count(inner)

    def _schema(self, form: Form, name: str) -> Schema:
        form = _itself(form)
        if isinstance(form, (Word, Anything)) or self.seen[id(form)] < 2:
            return self._body(form, name)
        if id(form) not in self.names:
            same = sum(taken.partition("_")[0] == name for taken in self.definitions)
            own = f"{name}_{same + 1}" if same else name
            self.names[id(form)] = own
            self.definitions[own] = {}  # it may contain itself: the name must be there before the body
            self.definitions[own] = self._body(form, name)
        return {"$ref": f"#/$defs/{self.names[id(form)]}"}

    def _body(self, form: Form, name: str) -> Schema:
        inner = [self._schema(child, key or name) for key, child in _within(form)]
        if isinstance(form, Word):
            return dict(form.schema)
        if isinstance(form, Record):
            return self._record(form, inner)
        if isinstance(form, Named):
            # null: nothing written after the colon
            return {"type": ["object", "null"], "propertyNames": inner[0], "additionalProperties": inner[1]}
        if isinstance(form, ListOf):
            return {"type": "array", "items": inner[0], **({"minItems": form.least} if form.least else {})}
        if not inner:
            return {}
        return inner[0] if len(inner) == 1 else {"anyOf": inner}

    def _record(self, form: Record, inner: list[Schema]) -> Schema:
        groups = [{"oneOf": [{"required": [name]} for name in group]} for group in form.one_of]
        groups += [{"anyOf": [{"required": [name]} for name in group]} for group in form.some_of]
        described = zip(form.keys.items(), inner, strict=True)
        found: Schema = {
            "type": "object" if form.required or groups else ["object", "null"],
            "properties": {
                name: {"description": f"{key.about.zh}\n{key.about.en}", **schema} for (name, key), schema in described
            },
            "additionalProperties": False,
        }
        if form.required:
            found["required"] = list(form.required)
        if groups:
            found["allOf"] = groups
        return found


def _itself(form: Form) -> Form:
    return form.form() if isinstance(form, Again) else form


def _within(form: Form) -> list[tuple[str, Form]]:
    """The forms that `form` is made of, with the key each stands under ("" where there is none)."""
    if isinstance(form, Record):
        return [(name, key.form) for name, key in form.keys.items()]
    if isinstance(form, Named):
        return [("name", form.name), ("", form.form)]
    if isinstance(form, ListOf):
        return [("", form.form)]
    if isinstance(form, Either):
        return [("", option) for option in (form.scalar, form.table, form.items) if option is not None]
    if isinstance(form, ItemForm):
        return [("field", FIELD), ("fields", FIELDS)]
    return []


if __name__ == "__main__":
    for path, text in published().items():
        path.write_text(text, encoding="utf-8")
