"""Models on the Anthropic wire, the Messages API."""

from typing import Final

from mecum.inference.manifests import Manifest

MANIFEST: Final = Manifest(
    name="anthropic",
    title="Anthropic",
    base_url="https://api.anthropic.com",
    wire="anthropic",
    key_variable="ANTHROPIC_API_KEY",
)
