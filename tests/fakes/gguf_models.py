"""Writes GGUF files that llama.cpp loads: every tensor its architecture wants, all of them zeros.

The weights are holes in the file, so a model of a gigabyte takes no room on the disk.
"""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from fakes.gguf_files import Tensor, packed, write_gguf

F32: Final = 0
Shape = tuple[str, tuple[int, ...]]


def loadable(path: Path, metadata: dict[str, Any], shapes: Sequence[Shape], tokens: int) -> Path:
    """Write a model with a vocabulary of `tokens` and F32 tensors of these names and dimensions."""
    tensors: list[Tensor] = [(name, dimensions, F32) for name, dimensions in shapes]
    template = {"tokenizer.chat_template": "{{ messages }}"}
    return write_gguf(path, {**metadata, **vocabulary(tokens), **template}, tensors)


def embedding(path: Path, source: Path) -> Path:
    """Write the llama model at `source` as one that makes vectors: the mean of its last layer, over all tokens.

    Two pairs are put before the others. They take a whole number of alignments, so that every tensor stays aligned.
    """
    data = source.read_bytes()
    pooling = packed("llama.pooling_type", 1)
    filler = packed("general.filler", "")
    filler = packed("general.filler", " " * (-(len(pooling) + len(filler)) % 32))
    pairs = struct.unpack_from("<Q", data, 16)[0]
    path.write_bytes(data[:16] + struct.pack("<Q", pairs + 2) + pooling + filler + data[24:])
    return path


def projector(path: Path, *, width: int, side: int = 28, patch: int = 14) -> Path:
    """Write what turns an image into (side / patch)² embeddings of the `width` of the model that reads them."""
    inner, hidden, heads, blocks = 32, 64, 2, 2
    patches = (side // patch) ** 2
    shapes: list[Shape] = [
        ("v.patch_embd.weight", (patch, patch, 3, inner)),
        ("v.position_embd.weight", (inner, patches + 1)),
        ("v.class_embd", (inner,)),
        *((f"v.pre_ln.{kind}", (inner,)) for kind in ("weight", "bias")),
        *(("mm.0.weight", (inner, width)), ("mm.0.bias", (width,))),
        *(("mm.2.weight", (width, width)), ("mm.2.bias", (width,))),
    ]
    for block in range(blocks):
        for name, into, out in [
            *((name, inner, inner) for name in ("attn_q", "attn_k", "attn_v", "attn_out")),
            *(("ffn_up", inner, hidden), ("ffn_down", hidden, inner)),
        ]:
            shapes += [(f"v.blk.{block}.{name}.weight", (into, out)), (f"v.blk.{block}.{name}.bias", (out,))]
        shapes += [(f"v.blk.{block}.{name}.{kind}", (inner,)) for name in ("ln1", "ln2") for kind in ("weight", "bias")]
    numbers = {
        "image_size": side,
        "patch_size": patch,
        "embedding_length": inner,
        "feed_forward_length": hidden,
        "projection_dim": width,
        "attention.head_count": heads,
        "attention.layer_norm_epsilon": 1e-5,
        "block_count": blocks,
        "image_mean": [0.5] * 3,
        "image_std": [0.5] * 3,
    }
    metadata = {
        "general.architecture": "clip",
        "general.type": "mmproj",
        "clip.has_vision_encoder": True,
        "clip.projector_type": "mlp",
        "clip.use_gelu": True,
        **{f"clip.vision.{name}": value for name, value in numbers.items()},
    }
    tensors: list[Tensor] = [(name, dimensions, F32) for name, dimensions in shapes]
    return write_gguf(path, metadata, tensors)


def vocabulary(tokens: int) -> dict[str, Any]:
    """Return the metadata of a tokenizer with `tokens` entries, at least 260: controls, bytes, and words."""
    control = ["<unk>", "<s>", "</s>"]
    octets = [f"<0x{number:02X}>" for number in range(256)]
    words = [f"w{number}" for number in range(tokens - len(control) - len(octets))]
    return {
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": [*control, *octets, *words],
        "tokenizer.ggml.scores": [0.0] * tokens,
        "tokenizer.ggml.token_type": [2, 3, 3, *[6] * 256, *[1] * len(words)],
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
    }


def dense(
    path: Path,
    *,
    layers: int = 4,
    width: int = 256,
    heads: int = 8,
    shared: int = 8,
    hidden: int = 704,
    tokens: int = 512,
    length: int = 32,
    trained: int = 8192,
    name: str = "llama",
) -> Path:
    """Write a decoder with dense attention: `heads` of `length`, `shared` of them for keys and values."""
    shapes = [*_ends(width, tokens)]
    for layer in range(layers):
        shapes += [*_attention(layer, width, heads * length, shared * length), *_feed(layer, width, hidden)]
    return loadable(path, _decoder(name, layers, width, heads, shared, hidden, length, trained), shapes, tokens)


def sliding(
    path: Path,
    *,
    window: int = 512,
    layers: int = 12,
    width: int = 256,
    heads: int = 4,
    shared: int = 2,
    hidden: int = 512,
    tokens: int = 512,
    length: int = 64,
    trained: int = 32_768,
) -> Path:
    """Write a Gemma 3: five layers of six see only the last `window` tokens."""
    shapes = [*_ends(width, tokens)]
    for layer in range(layers):
        own = [("attn_q_norm.weight", (length,)), ("attn_k_norm.weight", (length,))]
        own += [("post_attention_norm.weight", (width,)), ("post_ffw_norm.weight", (width,))]
        shapes += [*_attention(layer, width, heads * length, shared * length), *_feed(layer, width, hidden)]
        shapes += [(f"blk.{layer}.{part}", dimensions) for part, dimensions in own]
    metadata = _decoder("gemma3", layers, width, heads, shared, hidden, length, trained)
    return loadable(path, {**metadata, "gemma3.attention.sliding_window": window}, shapes, tokens)


def latent(
    path: Path,
    *,
    layers: int = 4,
    width: int = 256,
    heads: int = 8,
    rank: int = 128,
    rope: int = 32,
    plain: int = 64,
    squeezed: int = 96,
    hidden: int = 512,
    tokens: int = 512,
    trained: int = 8192,
) -> Path:
    """Write a DeepSeek 2: keys and values are kept as one latent vector of `rank` + `rope` numbers."""
    shapes = [*_ends(width, tokens)]
    for layer in range(layers):
        own = [
            ("attn_norm.weight", (width,)),
            ("attn_q_a.weight", (width, squeezed)),
            ("attn_q_a_norm.weight", (squeezed,)),
            ("attn_q_b.weight", (squeezed, heads * (plain + rope))),
            ("attn_kv_a_mqa.weight", (width, rank + rope)),
            ("attn_kv_a_norm.weight", (rank,)),
            ("attn_k_b.weight", (plain, rank, heads)),
            ("attn_v_b.weight", (rank, plain, heads)),
            ("attn_output.weight", (heads * plain, width)),
        ]
        shapes += [(f"blk.{layer}.{part}", dimensions) for part, dimensions in own]
        shapes += _feed(layer, width, hidden)
    metadata = _decoder("deepseek2", layers, width, heads, 1, hidden, rank + rope, trained)
    more = {
        "attention.value_length": rank,
        "attention.key_length_mla": plain + rope,
        "attention.value_length_mla": plain,
        "attention.kv_lora_rank": rank,
        "attention.q_lora_rank": squeezed,
        "rope.dimension_count": rope,
        "leading_dense_block_count": layers,
        "expert_count": 0,
        "expert_used_count": 0,
        "expert_shared_count": 0,
        "expert_feed_forward_length": hidden,
        "expert_weights_scale": 1.0,
    }
    metadata |= {f"deepseek2.{key}": value for key, value in more.items()}
    return loadable(path, metadata, shapes, tokens)


def recurrent(
    path: Path,
    *,
    layers: int = 6,
    width: int = 256,
    inner: int = 512,
    states: int = 16,
    steps: int = 4,
    rank: int = 16,
    tokens: int = 512,
    trained: int = 8192,
) -> Path:
    """Write a Mamba: no cache of tokens, a state per layer."""
    shapes = [*_ends(width, tokens)]
    for layer in range(layers):
        own = [
            ("attn_norm.weight", (width,)),
            ("ssm_in.weight", (width, 2 * inner)),
            ("ssm_conv1d.weight", (steps, inner)),
            ("ssm_conv1d.bias", (inner,)),
            ("ssm_x.weight", (inner, rank + 2 * states)),
            ("ssm_dt.weight", (rank, inner)),
            ("ssm_dt.bias", (inner,)),
            ("ssm_a", (states, inner)),
            ("ssm_d", (inner,)),
            ("ssm_out.weight", (inner, width)),
        ]
        shapes += [(f"blk.{layer}.{part}", dimensions) for part, dimensions in own]
    metadata: dict[str, Any] = {
        "general.architecture": "mamba",
        "mamba.context_length": trained,
        "mamba.embedding_length": width,
        "mamba.feed_forward_length": 0,
        "mamba.attention.head_count": 0,
        "mamba.block_count": layers,
        "mamba.ssm.conv_kernel": steps,
        "mamba.ssm.inner_size": inner,
        "mamba.ssm.state_size": states,
        "mamba.ssm.time_step_rank": rank,
        "mamba.attention.layer_norm_rms_epsilon": 1e-5,
    }
    return loadable(path, metadata, shapes, tokens)


def _decoder(
    name: str, layers: int, width: int, heads: int, shared: int, hidden: int, length: int, trained: int
) -> dict[str, Any]:
    own = {
        "context_length": trained,
        "embedding_length": width,
        "block_count": layers,
        "feed_forward_length": hidden,
        "attention.head_count": heads,
        "attention.head_count_kv": shared,
        "attention.key_length": length,
        "attention.value_length": length,
        "attention.layer_norm_rms_epsilon": 1e-5,
        "rope.dimension_count": length,
    }
    return {"general.architecture": name, **{f"{name}.{key}": value for key, value in own.items()}}


def _ends(width: int, tokens: int) -> list[Shape]:
    return [
        ("token_embd.weight", (width, tokens)),
        ("output_norm.weight", (width,)),
        ("output.weight", (width, tokens)),
    ]


def _attention(layer: int, width: int, queries: int, keys: int) -> list[Shape]:
    return [
        (f"blk.{layer}.attn_norm.weight", (width,)),
        (f"blk.{layer}.attn_q.weight", (width, queries)),
        (f"blk.{layer}.attn_k.weight", (width, keys)),
        (f"blk.{layer}.attn_v.weight", (width, keys)),
        (f"blk.{layer}.attn_output.weight", (queries, width)),
    ]


def _feed(layer: int, width: int, hidden: int) -> list[Shape]:
    return [
        (f"blk.{layer}.ffn_norm.weight", (width,)),
        (f"blk.{layer}.ffn_gate.weight", (width, hidden)),
        (f"blk.{layer}.ffn_up.weight", (width, hidden)),
        (f"blk.{layer}.ffn_down.weight", (hidden, width)),
    ]
