"""Where settings come from, which place wins, and what a wrong one is told."""

from pathlib import Path

import pytest

from architecture.settings_page import markdown
from mecum.settings import Settings, SettingsInvalid, load_settings, variables

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "settings.md"
Environment = pytest.MonkeyPatch


@pytest.fixture
def flags(data_folder: Path) -> dict[str, object]:
    return {"data_dir": data_folder}


def test_defaults_bind_to_this_machine_and_touch_nothing(tmp_path: Path) -> None:
    settings = load_settings({"data_dir": tmp_path / "none yet"})
    assert (settings.server.host, settings.server.port) == ("127.0.0.1", 8321)
    assert settings.storage.key == "none"
    assert settings.models_dir == tmp_path / "none yet" / "models"
    assert not (tmp_path / "none yet").exists()


def test_the_folder_follows_the_platform(tmp_path: Path) -> None:
    assert load_settings().data_dir.name == "mecum"
    assert load_settings().data_dir.is_absolute()


def test_flag_before_environment_before_file_before_default(
    data_folder: Path, flags: dict[str, object], monkeypatch: Environment
) -> None:
    (data_folder / "settings.toml").write_text(
        '[server]\nport = 1001\nmax_sockets = 7\nallowed_hosts = ["a.example"]\n[log]\nlevel = "error"\n'
    )
    monkeypatch.setenv("MECUM_SERVER__PORT", "1002")
    monkeypatch.setenv("MECUM_SERVER__ALLOWED_HOSTS", "b.example, c.example")
    settings = load_settings(flags | {"server": {"port": 1003, "host": None}})
    assert settings.server.port == 1003
    assert settings.server.allowed_hosts == ("b.example", "c.example")
    assert settings.server.max_sockets == 7
    assert settings.server.host == "127.0.0.1"
    assert settings.log.level == "error"
    assert load_settings(flags).server.port == 1002


def test_the_folder_and_the_file_from_the_environment(tmp_path: Path, monkeypatch: Environment) -> None:
    file = tmp_path / "mine.json"
    file.write_text('{"data": "/somewhere", "jobs": {"concurrency": 5}}')
    monkeypatch.setenv("MECUM_CONFIG", str(file))
    assert load_settings().data_dir == Path("/somewhere")
    assert load_settings().jobs.concurrency == 5
    monkeypatch.setenv("MECUM_DATA", str(tmp_path))
    assert load_settings().data_dir == tmp_path


def test_an_openai_key_is_found_and_not_shown(flags: dict[str, object], monkeypatch: Environment) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1/")
    models = load_settings(flags).models
    assert models.openai_api_key is not None
    assert models.openai_api_key.get_secret_value() == "sk-of-somebody"
    assert models.openai_base_url == "http://127.0.0.1:9/v1"
    assert "sk-of-somebody" not in repr(models)
    monkeypatch.setenv("MECUM_MODELS__OPENAI_API_KEY", "sk-of-mecum")
    key = load_settings(flags).models.openai_api_key
    assert key is not None
    assert key.get_secret_value() == "sk-of-mecum"


def test_keys_are_found_where_vendors_look_for_them(
    flags: dict[str, object], tmp_path: Path, monkeypatch: Environment
) -> None:
    file = tmp_path / "mine.json"
    file.write_text('{"models": {"keys": {"groq": "of-the-file", "mistral": "of-the-file"}}}')
    monkeypatch.setenv("MISTRAL_API_KEY", "of-the-environment")
    models = load_settings(flags, file).models
    assert {name: key.get_secret_value() for name, key in models.keys.items()} == {
        "groq": "of-the-file",
        "mistral": "of-the-environment",
    }
    assert "of-the" not in repr(models)
    monkeypatch.setenv("MECUM_MODELS__KEYS", '{"deepseek": "sk", "mistral": "ours"}')
    models = load_settings(flags, file).models
    assert {name: key.get_secret_value() for name, key in models.keys.items()} == {
        "groq": "of-the-file",
        "mistral": "ours",
        "deepseek": "sk",
    }
    monkeypatch.setenv("MECUM_MODELS__KEYS", "")
    assert load_settings(flags, file).models.keys == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"models": 5}', "models: Input should be a valid dictionary"),
        ('{"models": {"keys": "sk-1"}}', "models.keys: Input should be a valid"),
        ('{"models": {"keys": {"groq": 7}}}', "models.keys.groq: Input should be a valid string"),
        ('{"models": {"keys": {"grok": "sk-1"}}}', "models.keys.grok: no model server is known as 'grok'"),
    ],
)
def test_what_is_wrong_in_a_file_is_named_beside_a_key_in_the_environment(
    flags: dict[str, object], tmp_path: Path, monkeypatch: Environment, content: str, said: str
) -> None:
    file = tmp_path / "mine.json"
    file.write_text(content)
    monkeypatch.setenv("MISTRAL_API_KEY", "sk-2")
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(flags, file)
    assert f"{file}: {said}" in caught.value.message


def test_lists_of_objects_as_json_and_empty_for_none(flags: dict[str, object], monkeypatch: Environment) -> None:
    monkeypatch.setenv("MECUM_MODELS__ENDPOINTS", '[{"name": "studio", "base_url": "http://127.0.0.1:1234/v1"}]')
    monkeypatch.setenv("MECUM_MODELS__OLLAMA_URL", "")
    monkeypatch.setenv("MECUM_SERVER__ALLOWED_HOSTS", " ")
    settings = load_settings(flags)
    assert settings.models.endpoints[0].wire == "openai"
    assert settings.models.ollama_url is None
    assert settings.server.allowed_hosts == ()


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("MECUM_SERVER__PORT", "eighty", "MECUM_SERVER__PORT: Input should be a valid integer"),
        ("MECUM_SERVER__PORT", "70000", "less than or equal to 65535"),
        ("MECUM_SERVER__HOST", "", "MECUM_SERVER__HOST: Input should be a valid string"),
        ("MECUM_SERVER__PUBLIC_URL", "ftp://x", "must be an http or https address"),
        ("MECUM_STORAGE__KEY", "magic", "'none', 'keyring', 'passphrase' or 'file'"),
        ("MECUM_STORAGE__URL", "mysql://x", "must begin with postgresql://"),
        ("MECUM_SERVER__PROT", "1", "MECUM_SERVER__PORT"),
        ("MECUM_SEVER__PORT", "1", "no such setting"),
        ("MECUM_MODELS__ENDPOINTS", "[{", "MECUM_MODELS__ENDPOINTS: not a JSON list"),
        ("MECUM_MODELS__KEYS", "sk-1", "MECUM_MODELS__KEYS: not a JSON object"),
        ("MECUM_MODELS__KEYS", '{"nobody": "sk-1"}', "no model server is known as 'nobody'; there are openai,"),
        ("MECUM_MODELS__ENDPOINTS", '[{"name": "x", "base_url": "nowhere"}]', "[0][base_url]"),
        ("MECUM_MODELS__OLLAMA_URL", "file:///etc", "MECUM_MODELS__OLLAMA_URL"),
        ("MECUM_TELEMETRY__OTLP_ENDPOINT", "collector", "must be an http or https address"),
    ],
)
def test_a_wrong_variable_is_named(
    flags: dict[str, object], monkeypatch: Environment, variable: str, value: str, said: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(flags)
    assert variable in caught.value.message
    assert said in caught.value.message
    assert caught.value.code == "settings.invalid"


def test_variables_of_somebody_else_are_left_alone(flags: dict[str, object], monkeypatch: Environment) -> None:
    monkeypatch.setenv("MECUM_PORT", "tcp://10.0.0.7:80")
    monkeypatch.setenv("MECUM_SERVICE_HOST", "10.0.0.7")
    assert load_settings(flags).server == Settings().server


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("settings.toml", "[server\n", "not valid TOML"),
        ("settings.json", "{", "not valid JSON"),
        ("settings.json", "[]", "must be an object"),
        ("settings.toml", "server = 3", "server"),
        ("settings.toml", "[server]\nprot = 3", "server.prot: there is no such setting"),
        ("settings.toml", "[sever]\nport = 3", "sever"),
        ("settings.toml", 'data = "/elsewhere"', "inside the data folder"),
    ],
)
def test_a_wrong_file_is_named(data_folder: Path, flags: dict[str, object], name: str, content: str, said: str) -> None:
    (data_folder / name).write_text(content)
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(flags)
    assert said in caught.value.message
    assert name in caught.value.message


def test_a_missing_file_and_a_wrong_flag_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="cannot be read"):
        load_settings({}, tmp_path / "none.toml")
    with pytest.raises(SettingsInvalid, match="--port: "):
        load_settings({"server": {"port": -1}})


def test_secrets_are_not_echoed_in_errors(flags: dict[str, object], monkeypatch: Environment) -> None:
    monkeypatch.setenv("MECUM_STORAGE__URL", "mysql://user:hidden@host/db")
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(flags)
    assert "hidden" not in caught.value.message
    assert "hidden" not in str(caught.value.details)


def test_every_setting_is_described() -> None:
    assert all(field.description for _, _, field in variables())


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown(), (
        "run: .venv/bin/python -m tests.architecture.settings_page > docs/reference/settings.md"
    )
