"""The wire shapes of bringing a configuration in."""

from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from mecum.inference.configuration.schemas import ProblemView, UpgradeStep
from mecum.inference.importing.service import Imported, KeyOutcome, Outcome


class ImportCreate(BaseModel):
    """An older configuration."""

    model_config = ConfigDict(extra="forbid")

    files: dict[str, str] = Field(
        description="The texts of its files, by their names below its folder: `models.json`, `user_models.json`, "
        "`models.yaml`, `api_keys.json`, `user_profiles/NAME.json`.",
        examples=[{"models.json": "{}"}],
    )
    replace: bool = Field(False, description="Move files of the same names to the trash.", examples=[False])
    dry_run: bool = Field(False, description="Only say what would become of it.", examples=[True])


class ReckoningView(BaseModel):
    """What became of the values of a file."""

    read: int = Field(description="How many there were: the sum of the others.", examples=[143])
    kept: int = Field(description="How many stayed where they were.", examples=[120])
    moved: int = Field(description="How many have another key now.", examples=[12])
    carried: int = Field(description="How many have no place and are carried along under `legacy`.", examples=[11])


class ImportedFileView(BaseModel):
    """A file that was brought in."""

    name: str = Field(description="Its name.", examples=["user_profiles/coding.json"])
    outcome: Outcome = Field(description="Whether it was stored, or was there already.", examples=["imported"])
    reckoning: ReckoningView = Field(description="What became of its values.")
    upgraded: list[UpgradeStep] = Field(description="Every field that is not where it was.", examples=[[]])
    warnings: list[ProblemView] = Field(description="What is strange about it.", examples=[[]])


class ImportedKeyView(BaseModel):
    """A field of the file of keys; never the key itself."""

    field: str = Field(description="Its name there.", examples=["openai"])
    provider: str = Field(description="The provider it is for.", examples=["openai"])
    outcome: KeyOutcome = Field(description="What became of it.", examples=["imported"])
    reason: str = Field(description="Why.", examples=["Sealed; asked at https://api.openai.com/v1 from now on."])


class ImportReport(BaseModel):
    """What became of an older configuration."""

    files: list[ImportedFileView] = Field(description="Its files.", examples=[[]])
    keys: list[ImportedKeyView] = Field(description="The fields of its file of keys.", examples=[[]])


def report(found: Imported) -> dict[str, Any]:
    """Return a reckoning as the wire shows it."""
    return {
        "files": [
            {
                "name": file.name,
                "outcome": file.outcome,
                "reckoning": asdict(file.reckoning),
                "upgraded": [step.view() for step in file.steps],
                "warnings": [problem.view() for problem in file.warnings],
            }
            for file in found.files
        ],
        "keys": [asdict(key) for key in found.keys],
    }
