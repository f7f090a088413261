"""Writes docs/reference/settings.md, from the settings themselves, to standard output."""

import sys
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from mecum.settings import Settings, variables

HEAD = """# Settings

Written by `python -m tests.architecture.settings_page` from the settings themselves; do not edit.

A setting is looked for in four places, and the first that has it wins: flag, environment, file, default.

- **Flag**: what a command offers, such as `mecum serve --port 8123`.
- **Environment**: `MECUM_`, the section, two underscores, the name: `MECUM_SERVER__PORT=8123`. A list is words with
  commas, or JSON. An empty value means none. `OPENAI_API_KEY` and `OPENAI_BASE_URL` are read as well.
- **File**: TOML or JSON with the same sections: `--config FILE`, or `MECUM_CONFIG`, or `settings.toml` or
  `settings.json` in the data folder.

```toml
[server]
port = 8123

[[models.endpoints]]
name = "studio"
base_url = "http://127.0.0.1:1234/v1"
```

A value that is not allowed stops the start, with a sentence that names the variable, flag or file and what is allowed.
"""


def markdown() -> str:
    """Return the whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield HEAD
    section: str | None = None
    for place, variable, field in variables():
        if section != (here := place[0] if len(place) > 1 else ""):
            yield from _heading(here)
            section = here
        yield f"| `{variable}` | {_shape(field)} | {_default(field)} | {field.description} |"


def _heading(section: str) -> Iterator[str]:
    if section:
        model = Settings.model_fields[section].annotation
        yield f"\n## {section}\n\n{(getattr(model, '__doc__', None) or '').strip()}\n"
    yield "| variable | takes | default | |\n|---|---|---|---|"


def _shape(field: FieldInfo) -> str:
    limits = [f"at least {m.ge}" for m in field.metadata if isinstance(m, Ge)]
    limits += [f"at most {m.le}" for m in field.metadata if isinstance(m, Le)]
    return ", ".join([_name(field.annotation), *limits])


def _name(annotation: Any) -> str:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _name(get_args(annotation)[0])
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in get_args(annotation))
    if origin in (Union, types.UnionType):
        return " or ".join(_name(part) for part in get_args(annotation) if part is not type(None))
    if origin is tuple:
        return f"list of {_name(get_args(annotation)[0])}"
    if origin is Mapping:
        return f"object of {_name(get_args(annotation)[1])}s"
    return _plain(annotation)


def _plain(annotation: type) -> str:
    named = {str: "text", int: "whole number", float: "number", bool: "`true`, `false`", Path: "folder"}
    if annotation is SecretStr:
        return "secret"
    return "objects" if issubclass(annotation, BaseModel) else named[annotation]


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "depends"
    default = field.get_default()
    if default is None or default in ((), {}):
        return "none"
    if isinstance(default, tuple):
        items: tuple[Any, ...] = field.get_default()
        return ", ".join(f"`{one.model_dump_json() if isinstance(one, BaseModel) else one}`" for one in items)
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


if __name__ == "__main__":
    sys.stdout.write(markdown())
