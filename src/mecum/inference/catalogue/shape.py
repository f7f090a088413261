"""What of a model's description decides how much memory it takes, layer by layer.

Source of the names: the GGUF specification and llama.cpp's hyperparameters (llama-hparams, llama-arch). Where an
architecture is not known well enough, the larger possibility is taken.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

# Of how many layers one sees the whole context, where the file does not say it.
_WINDOWED: Final = {"gemma2": 2, "gemma3": 6, "gpt-oss": 2, "cohere2": 4}

Own = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Layer:
    """Numbers kept per token as keys and as values, in how many last tokens (0: all), and a state in bytes."""

    keys: int
    values: int
    window: int = 0
    state: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """All layers, the model's width, and `step`: the most numbers per token one step of computing has beside it.

    `blocks`: whether the keys and values of a head come in blocks of 32, without which a cache cannot be quantised.
    """

    layers: tuple[Layer, ...] = ()
    width: int = 0
    step: int = 0
    blocks: bool = False

    @property
    def known(self) -> bool:
        """Whether the file says enough to tell how much memory the model takes."""
        return bool(self.layers) and self.width > 0


def shape(metadata: Mapping[str, Any], architecture: str) -> Shape:
    """Return the shape that the metadata of a file describes; one that is not `known` when it says too little."""

    def own(name: str) -> Any:
        return metadata.get(f"{architecture}.{name}")

    count, width = largest(own("block_count"), 0), largest(own("embedding_length"), 0)
    if not count or count > 4096 or not width:
        return Shape()
    layers = tuple(_layer(own, architecture, at, count) for at in range(count))
    step = max(_feeding(own, width), _attending(own), _recurring(own))
    return Shape(layers, width, step, blocks=not any(length % 32 for length in _lengths(own)))


def largest(value: Any, default: int) -> int:
    """Return a positive whole number, the largest where there is one a layer, or `default`."""
    if isinstance(value, list):
        numbers = [item for item in value if isinstance(item, int)]  # pyright: ignore[reportUnknownVariableType]
        return max(numbers, default=default) or default
    return value if isinstance(value, int) and value > 0 else default


def _number(value: Any, at: int, default: int) -> int:
    """Return the number of one layer; zero counts, as a layer without heads has it."""
    if isinstance(value, list):
        items = cast("list[Any]", value)
        value = items[at] if at < len(items) else None
    return value if isinstance(value, int) and value >= 0 else default


def _lengths(own: Own) -> tuple[int, int]:
    """Return how many numbers one head's key and value have."""
    usual = largest(own("embedding_length"), 0) // largest(own("attention.head_count"), 1)
    key = max(largest(own("attention.key_length"), usual), largest(own("attention.key_length_swa"), 0))
    return key, max(largest(own("attention.value_length"), usual), largest(own("attention.value_length_swa"), 0))


def _layer(own: Own, architecture: str, at: int, count: int) -> Layer:
    heads = _number(own("attention.head_count"), at, 1)
    shared = _number(own("attention.head_count_kv"), at, heads)
    interval = largest(own("full_attention_interval"), 1)
    if (at + 1) % interval:
        shared = 0
    key, value = _lengths(own)
    keys = shared * key + (largest(own("attention.indexer.key_length"), 0) if shared else 0)
    return Layer(keys, 0 if _latent(own) else shared * value, _window(own, architecture, at), _state(own))


def _latent(own: Own) -> bool:
    """Whether keys and values are kept as one vector (multi-head latent attention): the keys alone then."""
    return largest(own("attention.kv_lora_rank"), 0) > 0 and largest(own("attention.key_length_mla"), 0) > 0


def _window(own: Own, architecture: str, at: int) -> int:
    window = largest(own("attention.sliding_window"), 0)
    pattern = own("attention.sliding_window_pattern")
    if isinstance(pattern, list):
        return window if _number(pattern, at, 0) else 0
    period = min(_WINDOWED.get(architecture, 1), largest(pattern, 4096))
    return 0 if (at + 1) % period == 0 else window


def _state(own: Own) -> int:
    """Return the bytes of a recurrent layer's state: what its convolution still needs, and the state itself."""
    inner, states = largest(own("ssm.inner_size"), 0), largest(own("ssm.state_size"), 0)
    groups = largest(own("ssm.group_count"), 0)
    rolling = max(largest(own("ssm.conv_kernel"), 1) - 1, 0) * (inner + 2 * groups * states)
    width, head = largest(own("embedding_length"), 0), largest(own("wkv.head_size"), 0)
    shifted = largest(own("token_shift_count"), 2) * width if head else 0
    return 4 * (rolling + inner * states + width * head + shifted)


def _feeding(own: Own, width: int) -> int:
    """Return what the feed-forward step takes: gate, up and their product, for each expert in use."""
    hidden = largest(own("feed_forward_length"), 0)
    used = largest(own("expert_used_count"), 0)
    if not used:
        return 3 * hidden
    expert = largest(own("expert_feed_forward_length"), hidden)
    shared = largest(own("expert_shared_feed_forward_length"), expert * largest(own("expert_shared_count"), 0))
    return max(3 * hidden, used * (3 * expert + 2 * width) + 3 * shared + 2 * largest(own("expert_count"), 0))


def _attending(own: Own) -> int:
    heads = largest(own("attention.head_count"), 0)
    key, value = _lengths(own)
    if _latent(own):
        return heads * (2 * key + largest(own("attention.key_length_mla"), 0))
    asked, kept = heads * max(key, value), largest(own("attention.head_count_kv"), heads) * max(key, value)
    return max(2 * asked, asked + 3 * kept)


def _recurring(own: Own) -> int:
    inner, groups = largest(own("ssm.inner_size"), 0), largest(own("ssm.group_count"), 0)
    wide = inner + 2 * groups * largest(own("ssm.state_size"), 0)
    # Five of them measured for the first Mamba; its successors keep more beside each other.
    return (8 if groups else 5) * wide + (8 * largest(own("embedding_length"), 0) if own("wkv.head_size") else 0)
