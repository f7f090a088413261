"""OpenRouter, which passes on to many vendors. Source: https://openrouter.ai/docs/quickstart, read in November 2026."""

from typing import Final

from mecum.inference.manifests import Manifest

MANIFEST: Final = Manifest(
    name="openrouter",
    title="OpenRouter",
    base_url="https://openrouter.ai/api/v1",
    key_variable="OPENROUTER_API_KEY",
)
