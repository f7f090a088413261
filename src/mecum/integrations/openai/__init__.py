"""Servers that speak the OpenAI wire: OpenAI itself, LM Studio, vLLM, a llama.cpp server, a proxy."""

from typing import Final

from mecum.inference.manifests import Manifest

MANIFEST: Final = Manifest(
    name="openai",
    title="OpenAI",
    base_url="https://api.openai.com/v1",
    key_variable="OPENAI_API_KEY",
)
LM_STUDIO: Final = Manifest(name="lm-studio", title="LM Studio", base_url="http://127.0.0.1:1234/v1")
