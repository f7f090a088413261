"""All figures of an assistant, and how they are kept."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from mecum.domains.assistants.model import FIELDS
from mecum.domains.assistants.rules.measures.growth import growth
from mecum.domains.assistants.rules.measures.quality import certification, drift, performance, trust
from mecum.domains.assistants.rules.measures.reflection import reflection
from mecum.domains.assistants.rules.measures.values import Evidence, Measure, Reflection


def measures(evidence: Evidence) -> list[Measure]:
    """Return every figure there is, whether there is enough for it yet or not."""
    kinds = (trust, performance, drift, certification, growth, reflection)
    return [measure for kind in kinds for measure in kind(evidence)]


def kept(found: list[Measure], looked_back: Reflection) -> dict[str, Any]:
    """Return what the store keeps of the figures: those that have a value and are fields, and the last looking back."""
    fields = {field.name for facet in FIELDS.values() for field in facet if field.effect == "measured"}
    there = [one for one in found if one.value is not None and one.name in fields]
    values = {one.name: {"value": one.value, "method": one.method, "explanation": one.explanation} for one in there}
    return {"fields": values, "reflection": asdict(looked_back)}


def reflection_in(body: Mapping[str, Any] | None) -> Reflection | None:
    """Return the last looking back out of what is kept."""
    return None if body is None else Reflection(**body["reflection"])
