"""The shapes of what is measured."""

from typing import Any

from pydantic import BaseModel, Field


class MeasureView(BaseModel):
    """A figure, by which method, and of what."""

    name: str = Field(
        description="Its name; that of the field it is shown in, where it is one.", examples=["success_rate"]
    )
    label: str = Field(description="The same for people.", examples=["Answers that came to their end"])
    value: Any = Field(description="What it is; null until there is enough to tell.", examples=[0.95])
    unit: str | None = Field(description="`share`, `seconds`, `answers`, `points`, or none.", examples=["share"])
    method: str = Field(description="By which method.", examples=["share"])
    explanation: str = Field(description="The method and its numbers in sentences.", examples=["38 / 40 = 0.95."])
    inputs: dict[str, Any] = Field(description="The numbers it is made of.", examples=[{"ended": 38, "answers": 40}])
    missing: str | None = Field(
        description="What is missing where there is no value.", examples=["3 answers more are needed."]
    )


class MeasureList(BaseModel):
    """What is measured of an assistant."""

    at: str = Field(description="Of which moment it is.", examples=["2026-11-21T06:40:00.123Z"])
    measures: list[MeasureView] = Field(description="Every figure there is, whether there is enough for it or not.")
