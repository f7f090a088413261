"""Models on the Google wire, the Gemini API."""

from typing import Final

from mecum.inference.manifests import Manifest

MANIFEST: Final = Manifest(
    name="google",
    title="Google",
    base_url="https://generativelanguage.googleapis.com",
    wire="google",
    key_variable="GEMINI_API_KEY",
    also=("gemini",),
)
