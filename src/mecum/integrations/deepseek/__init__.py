"""DeepSeek's own models. Source: https://api-docs.deepseek.com, read in November 2026."""

from typing import Final

from mecum.inference.manifests import Manifest

MANIFEST: Final = Manifest(
    name="deepseek",
    title="DeepSeek",
    base_url="https://api.deepseek.com",
    key_variable="DEEPSEEK_API_KEY",
)
