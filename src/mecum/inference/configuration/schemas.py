"""The wire shapes of the configuration."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mecum.inference.configuration.checking import Checked
from mecum.inference.configuration.files import FileState
from mecum.inference.configuration.levels import LEVELS, Explanation, Level
from mecum.inference.configuration.problems import Problem, dotted
from mecum.inference.configuration.text import Format

_STEP = {"key": "cascade_settings", "to": None, "reason": "Settings of planning in stages, which is not built yet."}
_PROBLEM = {
    "code": "config.unknown_key",
    "message": "There is no key `preffered` in `role_mappings.planner`. Did you mean `preferred`?",
    "key": "role_mappings.planner.preffered",
    "file": "models.json",
    "line": 4,
    "column": 7,
    "nearest": "preferred",
    "warning": False,
}


class ProblemView(BaseModel):
    """One thing that is wrong with a configuration."""

    code: str = Field(description="Its stable code.", examples=["config.unknown_key"])
    message: str = Field(description="A sentence for people.", examples=["There is no key `preffered`."])
    key: str = Field(description="The key it is about; empty for the whole text.", examples=["role_mappings.planner"])
    file: str | None = Field(description="The file.", examples=["models.json"])
    line: int | None = Field(description="The line, from 1.", examples=[4])
    column: int | None = Field(description="The column, from 1.", examples=[7])
    nearest: str | None = Field(description="The word that was probably meant.", examples=["preferred"])
    warning: bool = Field(description="Whether the text counts all the same.", examples=[False])


class UpgradeStep(BaseModel):
    """What became of a field of an older file."""

    key: str = Field(description="Its key there.", examples=["cloud_settings.enable_openai"])
    to: str | None = Field(
        description="Its key now; null when it has no place and is carried along under `legacy`.",
        examples=["cloud_providers.openai.enabled"],
    )
    reason: str = Field(description="Why.", examples=["Whether its models may be chosen."])


class ConfigurationFile(BaseModel):
    """A file of the configuration."""

    name: str = Field(description="Its name.", examples=["models.json"])
    exists: bool = Field(description="Whether it is there.", examples=[True])
    etag: str | None = Field(
        description="What names its content; null when there is none to be read.", examples=["9f86d081884c7d65"]
    )
    stale: bool = Field(
        description="Whether an earlier content is in force, because this one does not hold.", examples=[False]
    )
    problems: list[ProblemView] = Field(description="What is wrong with it.", examples=[[_PROBLEM]])
    upgraded: list[UpgradeStep] = Field(
        description="What was read otherwise than it stands there, because the file is an older one.",
        examples=[[_STEP]],
    )


class ConfigurationFileText(ConfigurationFile):
    """A file of the configuration with its text."""

    text: str = Field(description="Its text; empty when there is no file.", examples=['{"version": 1}'])


class TextWrite(BaseModel):
    """The text that a file shall have."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=32 << 20, description="The whole text.", examples=['{"version": 1}'])


class TextValidate(BaseModel):
    """A text to look at."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=32 << 20, description="The whole text.", examples=['{"version": 1}'])
    format: Format = Field("json", description="How it is written.", examples=["json"])


class Validation(BaseModel):
    """What is wrong with a text."""

    valid: bool = Field(description="Whether it could be in force.", examples=[True])
    problems: list[ProblemView] = Field(description="What is wrong, in the text's order.", examples=[[_PROBLEM]])
    upgraded: list[UpgradeStep] = Field(
        description="What is read otherwise than it stands there, because the text is an older one.", examples=[[_STEP]]
    )


class ConfigurationView(BaseModel):
    """The configuration that is in force for who asks."""

    folder: str = Field(description="Where its files are.", examples=["/home/ada/.local/share/mecum/config"])
    files: list[ConfigurationFile] = Field(description="Its files, weakest first.", examples=[[]])
    problems: list[ProblemView] = Field(description="All that is wrong, also between files.", examples=[[_PROBLEM]])
    in_force: dict[str, Any] = Field(
        description="What all levels together say, without what was found out about models.",
        examples=[{"hot_swap": False}],
    )


class LevelValue(BaseModel):
    """What one level says of a key."""

    level: Level = Field(description=f"The level: {', '.join(LEVELS)}.", examples=["file"])
    source: str | None = Field(
        description="What speaks there; null when the level has nothing yet.", examples=["models.json"]
    )
    file: str | None = Field(description="Its file.", examples=["models.json"])
    line: int | None = Field(description="The line in it.", examples=[12])
    given: bool = Field(description="Whether it says anything of the key.", examples=[True])
    value: Any = Field(description="What it says.", examples=[["llama3.1:8b"]])
    in_force: bool = Field(description="Whether it counts, whole or in part.", examples=[True])


class ExplanationView(BaseModel):
    """A key on all levels, weakest first."""

    key: str = Field(description="The key, with quotes around names that need them.", examples=["hot_swap"])
    value: Any = Field(description="What comes of it.", examples=[False])
    levels: list[LevelValue] = Field(description="Every level.", examples=[[]])


SchemaOf = Literal["configuration", "profile"]


def file_view(state: FileState, more: Sequence[Problem] = ()) -> dict[str, Any]:
    """Return a file as the wire shows it; `more` is what is wrong with it as things are here."""
    return {
        "name": state.name,
        "exists": state.stamp is not None,
        "etag": state.etag,
        "stale": state.stale,
        "problems": [problem.view() for problem in (*state.latest.problems, *more)],
        "upgraded": [step.view() for step in state.latest.steps],
    }


def validation(found: Checked, more: Sequence[Problem] = ()) -> dict[str, Any]:
    """Return what is wrong with a text."""
    return {
        "valid": found.valid,
        "problems": [problem.view() for problem in (*found.problems, *more)],
        "upgraded": [step.view() for step in found.steps],
    }


def explanation_view(found: Explanation) -> dict[str, Any]:
    """Return an explanation as the wire shows it."""
    levels = [
        {
            "level": said.level,
            "source": said.source,
            "file": said.file,
            "line": said.line,
            "given": said.given,
            "value": said.value,
            "in_force": said.in_force,
        }
        for said in found.levels
    ]
    return {"key": dotted(found.path), "value": found.value, "levels": levels}
