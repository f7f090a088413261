"""Which files there are, and when they are read."""

import os
from pathlib import Path

import pytest

from fakes import gguf_models
from fakes.gguf_files import llama, write_gguf
from mecum.integrations.llama_cpp.files import Files, inside
from mecum.integrations.llama_cpp.gguf import BadModelFile


def test_only_model_files_count(tmp_path: Path) -> None:
    write_gguf(tmp_path / "b.gguf", llama())
    write_gguf(tmp_path / "a.GGUF", llama())
    (tmp_path / "notes.txt").write_text("no")
    (tmp_path / "folder.gguf").mkdir()
    assert [path.name for path in inside(tmp_path)] == ["a.GGUF", "b.gguf"]
    assert inside(tmp_path / "none") == []


async def test_a_file_is_read_again_only_when_it_changed(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "a.gguf", llama())
    os.utime(path, ns=(1, 1))
    files = Files()
    first = await files.facts(path)
    assert await files.facts(path) is first
    write_gguf(path, llama(general__name="other"))
    assert (await files.facts(path)).name == "other"
    path.unlink()
    with pytest.raises(BadModelFile):
        await files.facts(path)


@pytest.mark.parametrize(
    ("model", "projector", "found"),
    [
        ("SmolVLM-256M-Instruct-Q8_0", "mmproj-SmolVLM-256M-Instruct-f16", True),
        ("gemma-3-4b-it.Q4_K_M", "gemma-3-4b-it.mmproj-Q8_0", True),
        ("gemma-3-4b-it-Q4_K_M", "mmproj-model-f16", True),
        ("gemma-3-4b-it-Q4_K_M", "mmproj-BF16", True),
        ("gemma-3-4b-it-Q4_K_M", "mmproj-SmolVLM-256M-Instruct-f16", False),
    ],
)
async def test_a_projector_is_found_by_its_name(tmp_path: Path, model: str, projector: str, *, found: bool) -> None:
    path = write_gguf(tmp_path / f"{model}.gguf", llama())
    alone = await Files().facts(path)
    beside = gguf_models.projector(tmp_path / f"{projector}.gguf", width=64)
    facts = await Files().facts(path)
    assert facts.projector == (beside if found else None)
    assert facts.size == alone.size + (beside.stat().st_size if found else 0)


async def test_a_projector_without_a_name_belongs_to_nobody_where_there_are_two(tmp_path: Path) -> None:
    one, other = (write_gguf(tmp_path / f"{name}.gguf", llama()) for name in "ab")
    gguf_models.projector(tmp_path / "mmproj-f16.gguf", width=64)
    assert [(await Files().facts(path)).projector for path in (one, other)] == [None, None]


async def test_what_is_only_called_a_projector_is_none(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "a.gguf", llama())
    write_gguf(tmp_path / "mmproj-a.gguf", llama())
    (tmp_path / "a-mmproj-f16.gguf").write_bytes(b"not one")
    assert (await Files().facts(path)).projector is None
