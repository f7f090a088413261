"""What a GGUF file says, and what is wrong with one that says nothing."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.gguf_files import llama, write_gguf
from mecum.integrations.llama_cpp.gguf import BadModelFile, read


def test_a_real_model(stories: Path) -> None:
    facts = read(stories)
    assert (facts.architecture, facts.name, facts.parameters) == ("llama", "stories260K", 260_032)
    assert (facts.context_length, facts.quantization, facts.size) == (512, "F32", 1_054_496)
    assert facts.chat_template == "{% for m in messages %}{{ m['content'] }} {% endfor %}"
    assert [(layer.keys, layer.values) for layer in facts.shape.layers] == [(4 * 8, 4 * 8)] * 5


def test_a_small_model(tmp_path: Path) -> None:
    facts = read(write_gguf(tmp_path / "a.gguf", llama()))
    assert (facts.architecture, facts.quantization, facts.context_length) == ("llama", "Q4_K_M", 4096)
    assert facts.parameters == 64 * 512
    assert not facts.embeds
    assert facts.part == 0


def test_a_split_model_is_as_large_as_all_its_parts(tmp_path: Path) -> None:
    first = write_gguf(tmp_path / "big-00001-of-00002.gguf", llama(split__no=0, split__count=2))
    with pytest.raises(BadModelFile, match="is missing"):
        read(first)
    second = write_gguf(tmp_path / "big-00002-of-00002.gguf", llama(split__no=1, split__count=2))
    assert read(first).size == first.stat().st_size + second.stat().st_size


def test_an_embedding_that_is_packed_again_as_the_output_counts_twice(tmp_path: Path) -> None:
    tied = write_gguf(tmp_path / "a.gguf", llama(), [("token_embd.weight", (64, 512), 8)])
    own = write_gguf(
        tmp_path / "b.gguf", llama(), [(f"{name}.weight", (64, 512), 8) for name in ("token_embd", "output")]
    )
    assert (read(tied).doubled, read(own).doubled) == (64 * 512 // 32 * 34, 0)


def test_version_two(tmp_path: Path) -> None:
    assert read(write_gguf(tmp_path / "a.gguf", llama(), version=2)).name == "small"


@pytest.mark.parametrize("template", ["", "  \n"])
def test_an_empty_template_is_none(tmp_path: Path, template: str) -> None:
    metadata = llama(tokenizer__chat_template=template)
    assert read(write_gguf(tmp_path / "a.gguf", metadata)).chat_template is None


def test_what_is_unknown_is_none(tmp_path: Path) -> None:
    facts = read(write_gguf(tmp_path / "a.gguf", {"general.architecture": "new"}))
    assert (facts.name, facts.quantization, facts.context_length, facts.chat_template) == (None, "F32", None, None)


def test_heads_may_differ_by_layer(tmp_path: Path) -> None:
    metadata = llama(llama__attention__head_count_kv=[0, 4, 2], llama__attention__key_length=16)
    layers = read(write_gguf(tmp_path / "a.gguf", metadata)).shape.layers
    assert [(layer.keys, layer.values) for layer in layers[:3]] == [(0, 0), (4 * 16, 4 * 8), (2 * 16, 2 * 8)]


def test_parts_and_embedding_models_are_told_apart(tmp_path: Path) -> None:
    assert read(write_gguf(tmp_path / "a.gguf", llama(split__no=1))).part == 1
    assert read(write_gguf(tmp_path / "b.gguf", llama(llama__pooling_type=1))).embeds
    projector = read(write_gguf(tmp_path / "c.gguf", llama(general__architecture="clip")))
    assert (projector.projects, projector.embeds) == (True, False)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "too short"),
        (b"GGUF", "too short"),
        (b"PK\x03\x04" + b"x" * 100, "not a GGUF file"),
        (b"GGUF\x01\0\0\0" + b"\0" * 100, "version 1"),
        (b"GGUF\0\0\0\x03" + b"\0" * 100, "version 50331648"),
        (b"GGUF\x03\0\0\0" + b"\xff" * 16, "damaged"),
        (b"GGUF\x03\0\0\0" + b"\0" * 100, "architecture"),
        (b"GGUF\x03\0\0\0" + b"\0" * 8 + b"\x01" + b"\0" * 7, "truncated"),
    ],
)
def test_bad_files_say_why(tmp_path: Path, data: bytes, why: str) -> None:
    path = tmp_path / "a.gguf"
    path.write_bytes(data)
    with pytest.raises(BadModelFile, match=why):
        read(path)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(BadModelFile, match="cannot be read"):
        read(tmp_path / "none.gguf")


def test_a_truncated_file_says_how_much_is_missing(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "a.gguf", llama())
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(BadModelFile, match="1,000 bytes are missing"):
        read(path)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.slow
def test_damage_never_does_more_than_a_clear_error(tmp_path: Path, data: st.DataObject) -> None:
    whole = write_gguf(tmp_path / "whole.gguf", llama()).read_bytes()
    damaged = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for _ in range(data.draw(st.integers(0, 4))):
        if damaged:
            at = data.draw(st.integers(0, min(len(damaged), 800) - 1))
            damaged[at] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged.gguf"
    path.write_bytes(damaged)
    with contextlib.suppress(BadModelFile):
        assert read(path).architecture
