"""Derives the table of known models in the package from the data of its sources.

    python -m evals.model_table /path/to/data

reads `legacy/aistack/models.json` and `registry/model_prices.json` there, and for the reasoning of two models
`routing/gsm8k_responses.csv`; writes `src/mecum/inference/selection/data/known_models.json`.
"""

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

TARGET: Final = Path(__file__).resolve().parents[1] / "src/mecum/inference/selection/data/known_models.json"
_ANSWERS: Final = (
    "Reasoning of the two models of the routing data: share of GSM8K test questions answered right, counted in the "
    "answers published with RouteLLM (Apache-2.0; GSM8K: MIT)."
)
_MIT: Final = (
    "MIT: Permission is hereby granted, free of charge, to any person obtaining a copy of this software and "
    'associated documentation files (the "Software"), to deal in the Software without restriction, including without '
    "limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the "
    "Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions: "
    "The above copyright notice and this permission notice shall be included in all copies or substantial portions of "
    'the Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT '
    "NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO "
    "EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN "
    "ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR "
    "OTHER DEALINGS IN THE SOFTWARE."
)
_NOTICES: Final = (
    "Strengths, memory and heat: from the example configuration of AI Stack (MIT). Its authors' estimates.",
    "Windows and features: from LiteLLM's model_prices_and_context_window.json (MIT, Copyright (c) 2023 Berri AI).",
    _ANSWERS,
    _MIT,
)
_STRENGTHS: Final = ("reasoning_strength", "coding_strength", "creativity", "multilingual_score", "thermal_sensitivity")
_MEMORY: Final = ("min_memory_gb", "recommended_memory_gb")
_FAMILIES: Final = {
    "mistral:latest": "mistral",
    "qwen2.5:14b": "qwen2.5",
    "qwen2.5:7b": "qwen2.5",
    "llama3.1:8b": "llama3.1",
}
_MODES: Final = frozenset({"chat", "responses", "completion"})
_MAKERS: Final = frozenset(
    {"openai", "anthropic", "gemini", "mistral", "xai", "deepseek", "cohere_chat", "moonshot", "zai"}
)
# Their names are arrangements of one platform.
_PLATFORMS: Final = ("bedrock", "azure", "vertex", "sagemaker", "oci", "databricks", "snowflake", "watsonx", "github")


def main(arguments: Sequence[str]) -> int:
    """Write the table from the data in the folder named."""
    data = Path(arguments[0])
    strengths = [*_from_configuration(data), *_from_answers(data)]
    prices: dict[str, dict[str, Any]] = json.loads((data / "registry/model_prices.json").read_text())
    windows = dict(sorted(_windows(prices).items()))
    lines = ["{", f'"notice": {json.dumps(_NOTICES, indent=1)},', '"strengths": [']
    lines += [",\n".join(json.dumps(entry) for entry in strengths), "],", '"models": {']
    lines += [",\n".join(f"{json.dumps(name)}: {json.dumps(told)}" for name, told in windows.items()), "}", "}", ""]
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text("\n".join(lines))
    sys.stdout.write(f"{len(strengths)} with strengths, {len(windows)} with windows, {TARGET.stat().st_size:,} bytes\n")
    return 0


def _from_configuration(data: Path) -> Iterable[dict[str, Any]]:
    given: dict[str, Any] = json.loads((data / "legacy/aistack/models.json").read_text())
    source = "AI Stack, models.json"
    for name, family in _FAMILIES.items():
        told: dict[str, Any] = given["model_profiles"][name]["capabilities"]
        values = {field: told[field] for field in (*_STRENGTHS, *_MEMORY)}
        yield {"family": family, "size": told["model_size"], "source": source, "values": values}
    for provider in given["cloud_providers"].values():
        for name, profile in provider["models"].items():
            # What a cloud model takes of memory and heat is not this machine's; its size was nobody's to know.
            values = {field: profile["capabilities"][field] for field in _STRENGTHS[:4]}
            yield {"family": name, "size": None, "source": source, "values": values}


def _from_answers(data: Path) -> Iterable[dict[str, Any]]:
    with (data / "routing/gsm8k_responses.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    source = f"GSM8K, {len(rows)} questions, answers published with RouteLLM"
    for column, family, size in (
        ("mistralai/Mixtral-8x7B-Instruct-v0.1", "mixtral", 46_700_000_000),
        ("gpt-4-1106-preview", "gpt-4-1106-preview", None),
    ):
        right = sum(row[column] == "True" for row in rows) / len(rows)
        yield {"family": family, "size": size, "source": source, "values": {"reasoning_strength": round(right, 2)}}


def _windows(prices: Mapping[str, Mapping[str, Any]]) -> dict[str, list[Any]]:
    told: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for key, entry in prices.items():
        provider = str(entry.get("litellm_provider") or "")
        if entry.get("mode") in _MODES and not provider.startswith(_PLATFORMS):
            told[key.rpartition("/")[2].lower()].append(entry)
    found = {name: _agreed([e for e in some if e["litellm_provider"] in _MAKERS], some) for name, some in told.items()}
    return {name: entry for name, entry in found.items() if entry != [None, ""]}


def _agreed(makers: Sequence[Mapping[str, Any]], told: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Return the window and what the model can do, f(unctions) and v(ision), as its maker says.

    A host may serve less than a model can: without a maker's word a fact counts that two hosts or more agree on.
    """
    entries = makers or told
    if not makers and len(entries) < 2:
        return [None, ""]
    windows = {entry.get("max_input_tokens") for entry in entries}
    window = windows.pop() if len(windows) == 1 else None
    functions = all(entry.get("supports_function_calling") is True for entry in entries)
    vision = all(entry.get("supports_vision") is True for entry in entries)
    return [window if isinstance(window, int) and window > 0 else None, "f" * functions + "v" * vision]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
