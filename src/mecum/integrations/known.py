"""Every model server that is known by its name: a new one is a folder with its manifest, and a line here."""

from typing import Final

from mecum.inference.manifests import Manifest
from mecum.integrations import anthropic, deepseek, google, groq, mistral, openai, openrouter, together, xai

KNOWN: Final[tuple[Manifest, ...]] = (
    openai.MANIFEST,
    anthropic.MANIFEST,
    google.MANIFEST,
    mistral.MANIFEST,
    openrouter.MANIFEST,
    groq.MANIFEST,
    deepseek.MANIFEST,
    together.MANIFEST,
    xai.MANIFEST,
    openai.LM_STUDIO,
)
