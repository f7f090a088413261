"""All settings: the only reader of the environment.

A setting is looked for in four places, and the first that has it wins: flag, environment, file, default. Its variable
is `MECUM_` and its place with two underscores between: `server.port` is `MECUM_SERVER__PORT`.
"""

import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from mecum.inference.settings import ModelSettings
from mecum.infra.archive.settings import BackupSettings
from mecum.infra.jobs.settings import JobSettings
from mecum.infra.secrets.settings import StorageSettings
from mecum.infra.tracing.settings import LogSettings, TelemetrySettings
from mecum.infra.web.settings import ServerSettings
from mecum.integrations.known import KNOWN
from mecum.kernel.errors import Invalid

PREFIX: Final = "MECUM_"
FILES: Final = ("settings.toml", "settings.json")
"""Looked for in the data folder when no file is named."""
_KEYS: Final = ("models", "keys")
_FOREIGN: Final[dict[str, tuple[str, ...]]] = {
    **{one.key_variable: (*_KEYS, one.name) for one in KNOWN if one.key_variable},
    "OPENAI_API_KEY": ("models", "openai_api_key"),
    "OPENAI_BASE_URL": ("models", "openai_base_url"),
}
_Place = tuple[str, ...]


class SettingsInvalid(Invalid):
    """A setting is not valid."""

    code = "settings.invalid"


def _user_folder() -> Path:
    # Imported here: with a folder given it is not needed.
    from platformdirs import user_data_dir  # noqa: PLC0415

    return Path(user_data_dir("mecum", appauthor=False))


class Settings(BaseModel):
    """Everything that can be set."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    data_dir: Path = Field(
        default_factory=_user_folder,
        alias="data",
        description="The folder that holds everything: the record, files, keys, models (default: this platform's own).",
    )
    server: ServerSettings = ServerSettings()
    storage: StorageSettings = StorageSettings()
    models: ModelSettings = ModelSettings()
    jobs: JobSettings = JobSettings()
    backup: BackupSettings = BackupSettings()
    log: LogSettings = LogSettings()
    telemetry: TelemetrySettings = TelemetrySettings()

    @property
    def models_dir(self) -> Path:
        """The folder of GGUF files."""
        return self.models.folder or self.data_dir / "models"


@dataclass(frozen=True, slots=True)
class _Given:
    """A value as somebody gave it, and where."""

    value: object
    source: str


def load_settings(flags: Mapping[str, object] | None = None, config_file: Path | None = None) -> Settings:
    """Return the settings; reads the environment and one file, and changes nothing.

    `flags` has the shape of the file, `data_dir` or `data` at its top. Without `config_file` it is `MECUM_CONFIG`, or
    `settings.toml` or `settings.json` in the data folder. Raises SettingsInvalid, which names the variable, flag or
    line of the file and what is allowed there.
    """
    above = _from_environment(os.environ) | _from_flags(flags or {})
    file = config_file or _named_file(os.environ)
    given = _over(_from_file(file) if file is not None else _from_folder(above), above)
    return _validated(given)


def variables() -> Iterator[tuple[_Place, str, FieldInfo]]:
    """Yield every setting: its place, its variable, and the field that describes it."""
    for name, field in Settings.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            for inner, inner_field in section.model_fields.items():
                yield (name, inner), f"{PREFIX}{name}__{inner}".upper(), inner_field
        else:
            place = field.alias or name
            yield (place,), PREFIX + place.upper(), field


def _from_flags(flags: Mapping[str, object]) -> dict[_Place, _Given]:
    given = ((place, value) for place, value in _flat(flags) if value is not None)
    return {place: _Given(value, "--" + place[-1].replace("_", "-")) for place, value in given}


def _from_environment(environment: Mapping[str, str]) -> dict[_Place, _Given]:
    foreign = {place: _Given(environment[name], name) for name, place in _FOREIGN.items() if environment.get(name)}
    known = {variable: (place, field) for place, variable, field in variables()}
    found: dict[_Place, _Given] = {}
    for variable, text in environment.items():
        if variable in known:
            place, field = known[variable]
            for at, value in _flat(_typed(text, field, variable), place):
                found[at] = _Given(value, variable + _steps(at[len(place) :]))
        elif variable.startswith(PREFIX) and "__" in variable:
            # Without the two underscores it may be somebody else's, such as a container's MECUM_PORT.
            raise SettingsInvalid(f"{variable}: there is no such setting. {_nearest(variable, known)}")
    return _over(foreign, found)


def _over(below: Mapping[_Place, _Given], above: Mapping[_Place, _Given]) -> dict[_Place, _Given]:
    """Return both; what is given as a whole above leaves nothing of what stands in it below."""
    kept = {at: one for at, one in below.items() if not any(at[:n] in above for n in range(1, len(at) + 1))}
    return {**kept, **above}


def _typed(text: str, field: FieldInfo, variable: str) -> object:
    """Return the value in a variable: an empty one is none, a list is JSON or comma-separated words."""
    many, named = (isinstance(field.get_default(), kind) for kind in (tuple, dict))
    if not text.strip():
        return () if many else {} if named else None
    if not many and not named:
        return text
    if many and not text.lstrip().startswith("["):
        return [word.strip() for word in text.split(",") if word.strip()]
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        kind = "list" if many else "object"
        raise SettingsInvalid(f"{variable}: not a JSON {kind}: {error.msg} at character {error.pos + 1}.") from error


def _nearest(variable: str, known: Mapping[str, object]) -> str:
    section = variable.split("__", 1)[0] + "__"
    same = sorted(name for name in known if name.startswith(section))
    return f"Allowed are {', '.join(same)}." if same else "`docs/reference/settings.md` lists them all."


def _named_file(environment: Mapping[str, str]) -> Path | None:
    named = environment.get("MECUM_CONFIG")
    return Path(named) if named else None


def _from_folder(above: Mapping[_Place, _Given]) -> dict[_Place, _Given]:
    named = above.get(("data",))
    folder = Path(str(named.value)) if named is not None else _user_folder()
    for name in FILES:
        if (folder / name).is_file():
            found = _from_file(folder / name)
            if ("data",) in found:
                raise SettingsInvalid(f"{folder / name}: `data` cannot be set inside the data folder itself.")
            return found
    return {}


def _from_file(file: Path) -> dict[_Place, _Given]:
    try:
        content = _parsed(file, file.read_bytes())
    except OSError as error:
        raise SettingsInvalid(f"{file}: cannot be read: {error.strerror or error}.") from error
    return {place: _Given(value, f"{file}: {'.'.join(place)}") for place, value in _flat(content)}


def _parsed(file: Path, body: bytes) -> Mapping[str, object]:
    try:
        text = body.decode("utf-8")
        content: object = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    except ValueError as error:
        raise SettingsInvalid(f"{file}: not valid {'JSON' if file.suffix == '.json' else 'TOML'}: {error}.") from error
    if not isinstance(content, dict):
        raise SettingsInvalid(f"{file}: must be an object of sections.")
    return cast("dict[str, object]", content)


def _flat(value: object, place: _Place = ()) -> Iterator[tuple[_Place, object]]:
    if isinstance(value, Mapping) and (value or not place):
        for name, inner in cast("Mapping[str, object]", value).items():
            yield from _flat(inner, (*place, name))
    else:
        yield ("data",) if place == ("data_dir",) else place, value


def _validated(given: Mapping[_Place, _Given]) -> Settings:
    try:
        settings = Settings.model_validate(_nested(given))
    except ValidationError as error:
        raise _refusal(error, given) from error
    for name in settings.models.keys:
        if name not in (names := [one.name for one in KNOWN if one.key_variable]):
            source = _source((*_KEYS, name), given)
            raise SettingsInvalid(f"{source}: no model server is known as {name!r}; there are {', '.join(names)}.")
    return settings.model_copy(update={"data_dir": settings.data_dir.expanduser().absolute()})


def _nested(given: Mapping[_Place, _Given]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for place, item in given.items():
        inside = nested
        for name in place[:-1]:
            # What is no object where one belongs stays as it is: it is refused, and named.
            within = inside.setdefault(name, {})
            inside = cast("dict[str, Any]", within) if isinstance(within, dict) else {}
        inside[place[-1]] = item.value
    return nested


def _refusal(error: ValidationError, given: Mapping[_Place, _Given]) -> SettingsInvalid:
    problems = error.errors(include_url=False, include_input=False)
    sentences = [_sentence(problem, given) for problem in problems]
    errors = [{"path": ".".join(map(str, problem["loc"])), "message": _said(problem)} for problem in problems]
    return SettingsInvalid(" ".join(sentences), errors=errors)


def _sentence(problem: ErrorDetails, given: Mapping[_Place, _Given]) -> str:
    place = tuple(str(step) for step in problem["loc"])
    source = _source(place, given)
    if problem["type"] == "extra_forbidden":
        return f"{source}: there is no such setting."
    inside = _steps(place[3 if place[:3] in given else 2 :])
    described = next((field.description for at, _, field in variables() if at == place[:2]), None)
    return f"{source}{inside}: {_said(problem)}." + (f" {described}" if described else "")


def _said(problem: ErrorDetails) -> str:
    """What pydantic puts before a sentence of ours says nothing to a person."""
    return problem["msg"].removeprefix("Value error, ")


def _steps(place: _Place) -> str:
    return "".join(f"[{step}]" for step in place)


def _source(place: _Place, given: Mapping[_Place, _Given]) -> str:
    named = next((given[place[:n]].source for n in (3, 2, 1) if place[:n] in given), None)
    # A section that does not exist has no value of its own: name one that stands in it.
    return named or next((item.source for at, item in given.items() if at[:1] == place[:1]), ".".join(place))
