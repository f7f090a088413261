"""What can be set about models."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from mecum.infra.net.client import is_loopback


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        told = parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        raise ValueError("must be an http or https address") from None
    if parts.scheme not in ("http", "https") or not told:
        raise ValueError("must be an http or https address")
    # An address is shown, logged and exported. What stands here besides would be a secret, or mean nothing.
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("must be an address alone, without a name, a password or a query; a key is given as the key")
    return value.rstrip("/")


def is_address(value: str) -> bool:
    """Whether a model server may be asked there."""
    try:
        return bool(_web_address(value))
    except ValueError:
        return False


def is_key(value: str) -> bool:
    """Whether this may be a key: it travels in a header, which takes no control characters and no letters but ASCII."""
    return _KEY.fullmatch(value.strip()) is not None


def _key(value: str) -> str:
    if value.strip() and not is_key(value):
        raise ValueError("must be one word of plain letters, digits and signs, as keys are")
    return value.strip()


def _sealed_key(value: SecretStr) -> SecretStr:
    return SecretStr(_key(value.get_secret_value()))


def _web_address_here(value: str) -> str:
    if not is_loopback(urlsplit(_web_address(value)).hostname or ""):
        raise ValueError("must be an address of this machine; connect servers elsewhere as endpoints")
    return value.rstrip("/")


_KEY: Final = re.compile(r"[\x21-\x7e]+")
Wire = Literal["openai", "ollama", "anthropic", "google"]
WebAddress = Annotated[str, AfterValidator(_web_address)]
LocalAddress = Annotated[str, AfterValidator(_web_address_here)]
Key = Annotated[str, AfterValidator(_key)]
SecretKey = Annotated[SecretStr, AfterValidator(_sealed_key)]


class EndpointSettings(BaseModel):
    """A model server known from the settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$",
        description="The first part of its models' names, such as `studio` in `studio/qwen3`.",
    )
    wire: Wire = Field(default="openai", description="The protocol it speaks.")
    base_url: WebAddress = Field(description="Its address; on the OpenAI wire it usually ends in `/v1`.")
    api_key: SecretKey | None = Field(default=None, description="Its key, when it wants one.")
    most_at_once: int | None = Field(
        default=None,
        ge=1,
        description="How many answers it makes at once; further ones wait, people's before background work.",
    )


class LocalServer(BaseModel):
    """A server on the OpenAI wire that is an endpoint of this name when it answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$", description="The first part of its models' names.")
    base_url: LocalAddress = Field(description="Its address on this machine, which usually ends in `/v1`.")


class ModelSettings(BaseModel):
    """Where models are looked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ollama_url: WebAddress | None = Field(
        default="http://127.0.0.1:11434", description="Where Ollama is looked for; an empty value looks nowhere."
    )
    local_servers: tuple[LocalServer, ...] = Field(
        default=(
            LocalServer(name="lm_studio", base_url="http://127.0.0.1:1234/v1"),
            LocalServer(name="llama_server", base_url="http://127.0.0.1:8080/v1"),
        ),
        description="Servers on the OpenAI wire that are looked for on this machine: a list of `{name, base_url}`; in "
        "a variable, as JSON, and an empty one looks for none.",
    )
    openai_api_key: SecretKey | None = Field(
        default=None, description="A key for the OpenAI wire; the endpoint `openai` exists when there is one."
    )
    openai_base_url: WebAddress = Field(
        default="https://api.openai.com/v1", description="The address that the endpoint `openai` asks."
    )
    keys: Mapping[str, SecretKey] = Field(
        default={},
        description="Keys of model servers that are known by name (`mecum providers known`), each an endpoint of that "
        'name: `{mistral = "…"}`; in a variable, as JSON. Their own variables, such as `MISTRAL_API_KEY`, are read as '
        "well. An empty key is none.",
    )
    folder: Path | None = Field(
        default=None,
        description="The folder whose GGUF files are offered as models (default: `models` in the data folder).",
    )
    endpoints: tuple[EndpointSettings, ...] = Field(
        default=(),
        description="Further model servers: a list of `{name, wire, base_url, api_key, most_at_once}`; in a variable, "
        "as JSON.",
    )
    consented: tuple[str, ...] = Field(
        default=(),
        description="Names of endpoints beyond this machine, from these settings, that conversations may be sent to "
        "without asking the owner: `openai`, `ollama`, those of `keys` and `endpoints`.",
    )
    max_pull_gb: int = Field(
        default=200, ge=1, le=10_000, description="The largest model file, in GB, that `mecum models pull` fetches."
    )
    titles: Literal["words", "model"] = Field(
        default="words",
        description="What names a new conversation: `words`, the first ones of its first message; `model`, a language "
        "model, asked after the first answer when nobody waits for it.",
    )
    summaries: bool = Field(
        default=True,
        description="Whether messages that no longer fit a model's window are summarised, by the model of the role "
        "`summariser` when nobody waits for it, so that the summary is sent in their place. Without it they are left "
        "out, and said to be. The configuration and each person may say otherwise.",
    )
    patience: float = Field(
        default=60.0,
        gt=0,
        description="After how many seconds without a first word a pool takes a request away from an endpoint and "
        "gives it to the next. Loading a model is not silence.",
    )
    first_word: float = Field(
        default=20.0,
        gt=0,
        description="After how many seconds without a first word a model that has a chain of fallbacks loses its "
        "question to the next one; four times what its first word usually takes, where that is more. Loading a model "
        "is not silence, and a model without a chain is waited for.",
    )
    keep_loaded: float | None = Field(
        default=None,
        ge=0,
        description="After how many idle minutes a model of this machine leaves the memory; by default ten for that of "
        "a GGUF file, and what Ollama says itself for one of its own.",
    )
    context_length: int | None = Field(
        default=None,
        ge=256,
        le=16_777_216,
        description="The context length, in tokens, asked of a local model; without one the model's own, as far as "
        "this machine's memory allows.",
    )
    cache: Literal["f16", "q8_0", "q4_0"] = Field(
        default="f16",
        description="How llama.cpp keeps the context of a GGUF file: `f16` as it is, `q8_0` in about half of the "
        "memory, `q4_0` in about a quarter, which answers may suffer from. A model that allows "
        "neither keeps it as it is.",
    )
