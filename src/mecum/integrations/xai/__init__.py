"""xAI's own models. Source: https://docs.x.ai/api/integrations, read in November 2026."""

from typing import Final

from mecum.inference.manifests import Manifest

MANIFEST: Final = Manifest(
    name="xai",
    title="xAI",
    base_url="https://api.x.ai/v1",
    key_variable="XAI_API_KEY",
)
