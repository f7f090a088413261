"""The names of the formats, without their readers: what a person may ask for."""

from typing import Final

FORMAT_NAMES: Final = (
    "chatgpt",
    "claude",
    "openwebui",
    "librechat",
    "chatbotui",
    "chat-db",
    "assistant-db",
    "assistant-json",
    "assistants",
    "mecum",
    "mecum-assistant",
    "mecum-export",
    "character-card",
)
