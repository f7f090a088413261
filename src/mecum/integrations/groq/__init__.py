"""Open models on Groq's machines. Source: https://console.groq.com/docs/openai, read in November 2026."""

from typing import Final

from mecum.inference.manifests import Manifest

MANIFEST: Final = Manifest(
    name="groq",
    title="Groq",
    base_url="https://api.groq.com/openai/v1",
    key_variable="GROQ_API_KEY",
)
