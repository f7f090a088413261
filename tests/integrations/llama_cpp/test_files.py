"""Which files there are, and when they are read."""

import os
from pathlib import Path

import pytest

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
