"""Mistral's own models. Source: https://docs.mistral.ai/api, read in November 2026."""

from typing import Final

from mecum.inference.manifests import Manifest

MANIFEST: Final = Manifest(
    name="mistral",
    title="Mistral",
    base_url="https://api.mistral.ai/v1",
    key_variable="MISTRAL_API_KEY",
)
