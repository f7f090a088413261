"""JSON and YAML: the same values, every key on its line, and a sentence for what is neither."""

import json
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mecum.inference.configuration.checking import checked
from mecum.inference.configuration.problems import Path, dotted, steps
from mecum.inference.configuration.text import parse

NAMES = st.text(st.characters(max_codepoint=0xD7FF), max_size=8)  # YAML has no pairs of surrogates
SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | NAMES
TREES = st.dictionaries(
    NAMES,
    st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)),
    max_size=4,
)


def paths(value: Any, path: Path = ()) -> list[Path]:
    """Return the paths of all keys and items, in the order of the text."""
    found: list[Path] = []
    inside: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        inside = list(cast("dict[str | int, Any]", value).items())
    elif isinstance(value, list):
        inside = list(enumerate(cast("list[Any]", value)))
    for step, item in inside:
        found += [(*path, step), *paths(item, (*path, step))]
    return found


@given(TREES, st.sampled_from([None, 1, "\t"]))
def test_every_key_of_a_json_text_has_its_line(tree: dict[str, Any], indent: int | str | None) -> None:
    text = json.dumps(tree, indent=indent, ensure_ascii=False)
    parsed = parse(text.encode(), "json")
    assert (parsed.problems, parsed.tree) == ((), tree)
    lines = text.split("\n")
    for path in paths(tree):
        place = parsed.places(path)
        assert place is not None
        there = lines[place[0] - 1][place[1] - 1 :]
        if isinstance(path[-1], str):
            assert there.startswith(json.dumps(path[-1], ensure_ascii=False))


@given(TREES)
def test_json_is_read_as_yaml_to_the_same_values(tree: dict[str, Any]) -> None:
    text = json.dumps(tree, indent=1)
    parsed = parse(text.encode(), "yaml")
    assert (parsed.problems, parsed.tree) == ((), tree)
    found = parse(text.encode(), "json").places
    assert all(parsed.places(path) == found(path) for path in paths(tree))


@given(st.binary(max_size=200) | st.text("{}[]:,-\"'&*!|>%@ \t\n01a", max_size=60).map(str.encode))
def test_no_text_is_more_than_a_problem(body: bytes) -> None:
    for form in ("json", "yaml"):
        for profile in (False, True):
            found = checked(body, form, "f", profile=profile)
            assert all(problem.message and problem.file == "f" for problem in found.problems)


def test_yaml_as_people_write_it() -> None:
    text = b"""# mine
role_mappings:
  chat:
    preferred: [llama3.1:8b, "mistral:latest"]   # both
    temperature: 0.5
  planner: {preferred: [a]}
words: [no, 10:30, 1e2, ~, 0x10, .5, 'true', 0123, "5", 99999999999999999999]
"""
    tree = parse(text, "yaml").tree
    assert tree["role_mappings"]["chat"] == {"preferred": ["llama3.1:8b", "mistral:latest"], "temperature": 0.5}
    assert tree["words"] == ["no", "10:30", 100.0, None, "0x10", 0.5, "true", 123, "5", 1e20]


@pytest.mark.parametrize(
    ("form", "body", "line", "code", "said"),
    [
        ("json", b'{"a": 1,\n "b": 2,\n}', 2, "config.syntax", "trailing comma"),
        ("json", b'{"a": 1, "a": 2}', 1, "config.duplicate_key", "`a` stands twice"),
        ("json", b'{"x": {"a": 1,\n"b": 2,\n"\\u0061": 2}}', 3, "config.duplicate_key", "first in line 1"),
        ("json", b"[]", 1, "config.syntax", "object of named things"),
        ("json", b"\n\xff", 2, "config.syntax", "UTF-8"),
        ("json", b"{}\n// no", 2, "config.syntax", "Not valid JSON"),
        ("json", b'{"a": NaN}', 1, "config.syntax", "Not valid JSON"),
        ("json", b'{"a":' * 100 + b"1" + b"}" * 100, 1, "config.too_deep", "64"),
        ("json", b"[" * 100_000, 1, "config.syntax", "depth"),
        ("yaml", b"a:\n\tb: 1", 2, "config.syntax", "spaces, not with tabs"),
        ("yaml", b"a: 1\nb: 2\na: 3", 3, "config.duplicate_key", "`a` stands twice"),
        ("yaml", b"a: &x 1\nb: *x", 2, "config.syntax", "Anchors"),
        ("yaml", b"a: !!python/name:os.system x", 1, "config.syntax", "Tags"),
        ("yaml", b"a: 1\n---\nb: 2", 2, "config.syntax", "One document"),
        ("yaml", b"- a", 1, "config.syntax", "object of named things"),
        ("yaml", b"? [a]\n: 1", 1, "config.syntax", "key must be a word"),
        ("yaml", b"[" * 100_000, 1, "config.syntax", "nesting"),
        ("yaml", b"{a: " * 80 + b"1" + b"}" * 80, 1, "config.too_deep", "64"),
        ("yaml", b'a: "\x01"', 1, "config.syntax", "Not valid YAML"),
    ],
)
def test_what_is_no_configuration_at_all(form: Any, body: bytes, line: int, code: str, said: str) -> None:
    found = checked(body, form, "f")
    problem = found.problems[0]
    assert (problem.code, problem.line) == (code, line), problem
    assert said in problem.message
    assert not found.valid


@pytest.mark.parametrize("body", [b"", b" \n", b"\xef\xbb\xbf{}", b"# nothing\n"])
def test_an_empty_text_says_nothing(body: bytes) -> None:
    form = "yaml" if body.startswith(b"#") else "json"
    assert checked(body, form).valid
    assert checked(body, form).tree == {}


def test_a_text_beyond_all_measure_is_not_read() -> None:
    assert checked(b" " * ((32 << 20) + 1), "json").problems[0].code == "config.too_large"


@given(st.lists(st.text(min_size=1, max_size=6) | st.integers(0, 99), min_size=1, max_size=5))
def test_a_dotted_key_is_read_as_it_is_written(path: list[str | int]) -> None:
    path[0] = str(path[0])
    assert steps(dotted(tuple(path))) == path
