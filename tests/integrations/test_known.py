"""Model servers known by name: each is a manifest of a few lines."""

import re
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest
from genai_prices.data_snapshot import get_snapshot

import mecum.integrations
from mecum.bootstrap import broker
from mecum.inference.manifests import Manifest
from mecum.inference.settings import ModelSettings
from mecum.integrations.known import KNOWN
from mecum.settings import Settings

FOLDERS = sorted(
    folder.name
    for folder in Path(mecum.integrations.__path__[0]).iterdir()
    if (folder / "__init__.py").is_file() and "MANIFEST" in (folder / "__init__.py").read_text("utf-8")
)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_with_a_manifest_is_known(folder: str) -> None:
    module = import_module(f"mecum.integrations.{folder}")
    manifest: Manifest = module.MANIFEST
    assert manifest in KNOWN, "it has no line in known.py"
    assert manifest.name == folder
    assert len(Path(str(module.__file__)).read_text("utf-8").splitlines()) <= 25


def test_the_table_of_prices_knows_each_that_is_paid_for() -> None:
    table = get_snapshot()
    for one in KNOWN:
        if one.key_variable is not None:
            by_name, address = one.priced_as, None if one.priced_as else one.base_url
            assert table.find_provider(None, by_name, address).models, one.name


def test_names_and_variables_are_one_servers_alone() -> None:
    names = Counter(name for one in KNOWN for name in (one.name, *one.also))
    variables = Counter(one.key_variable for one in KNOWN if one.key_variable)
    assert max(names.values()) == max(variables.values()) == 1
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", name) for name in names)
    assert all(one.base_url.startswith(("https://", "http://127.0.0.1:")) for one in KNOWN)


def test_a_key_makes_an_endpoint_unless_it_is_described_in_full() -> None:
    settings = Settings(
        models=ModelSettings.model_validate(
            {
                "keys": {"mistral": "sk-a", "groq": "sk-b", "xai": "", "openai": "sk-c"},
                "openai_base_url": "http://127.0.0.1:8/v1",
                "endpoints": [{"name": "groq", "base_url": "http://127.0.0.1:9/v1"}],
            }
        )
    )
    found = {one.name: one for one in broker._configured(settings)}  # pyright: ignore[reportPrivateUsage]
    assert (found["mistral"].base_url, found["mistral"].key) == ("https://api.mistral.ai/v1", "sk-a")
    assert (found["groq"].base_url, found["groq"].key) == ("http://127.0.0.1:9/v1", None)
    assert (found["openai"].base_url, found["openai"].key) == ("http://127.0.0.1:8/v1", "sk-c")
    assert "xai" not in found
