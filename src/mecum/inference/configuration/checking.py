"""Says what is wrong with a document: in its own words, with the line, and the word that was probably meant."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mecum.inference.configuration import errors
from mecum.inference.configuration.document import shape_of
from mecum.inference.configuration.merging import circle, inner, without_nulls
from mecum.inference.configuration.problems import Path, Place, Problem, dotted
from mecum.inference.configuration.reading import models_named
from mecum.inference.configuration.text import Format, Parsed, Places, parse
from mecum.inference.configuration.upgrade import Step, Upgrade, needs_upgrade, upgraded
from mecum.inference.roles import BUILT_IN
from mecum.kernel.errors import MecumError

_SECRETS: Final = {"api_key", "apikey", "key", "token", "secret", "password"}
_ABILITIES: Final = ("requirements", "capabilities")
_RANGES: Final = {"greater_than", "greater_than_equal", "less_than", "less_than_equal", "finite_number"}
_LENGTHS: Final = {"string_too_short", "string_too_long", "string_pattern_mismatch", "too_short", "too_long"}
_WANTED: Final = {
    "string_type": "a text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
}
_TYPES: Final[dict[type, str]] = {
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
}
_MOST_ALLOWED: Final = 12


@dataclass(frozen=True, slots=True)
class Checked:
    """A document that was read: `tree` in the shape of today, the `steps` that brought an older one there."""

    tree: Mapping[str, Any]
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    places: Places
    upgrade: Upgrade | None = None

    @property
    def valid(self) -> bool:
        """Whether it can be in force."""
        return all(problem.warning for problem in self.problems)

    def place(self, path: Path) -> Place | None:
        """Return the line and column in which a path of the tree stands in the text."""
        return self.places(path if self.upgrade is None else self.upgrade.origin(path))

    def line(self, path: Path) -> int | None:
        """Return the line in which a path of the tree stands in the text."""
        place = self.place(path)
        return None if place is None else place[0]


def checked(body: bytes, form: Format, file: str | None = None, *, profile: bool = False) -> Checked:
    """Return what the text says and everything that is wrong with it."""
    parsed = parse(body, form, file)
    if parsed.problems:
        return Checked({}, parsed.problems, (), parsed.places)
    return _checked(parsed, file, profile=profile, has_nulls=form == "yaml" or b"null" in body)


def _checked(parsed: Parsed, file: str | None, *, profile: bool, has_nulls: bool) -> Checked:
    upgrade = upgraded(parsed.tree) if needs_upgrade(parsed.tree) else None
    tree = parsed.tree if upgrade is None else upgrade.tree
    told = without_nulls(tree) if has_nulls else tree
    found: list[Problem] = []
    for problem in _problems(told, profile=profile):
        origin = problem.path if upgrade is None else upgrade.origin(problem.path)
        line, column = parsed.places(origin) or (1 if file else None, None)
        found.append(
            Problem(problem.error, problem.message, origin, file, line, column, problem.nearest, problem.warning)
        )
    steps = () if upgrade is None else tuple(upgrade.steps)
    found.sort(key=lambda problem: (problem.line or 0, problem.column or 0))
    return Checked(tree, tuple(found), steps, parsed.places, upgrade)


def _problems(tree: Mapping[str, Any], *, profile: bool) -> Iterator[Problem]:
    shape = shape_of(profile=profile)
    try:
        shape.model_validate(tree)
    except ValidationError as error:
        yield from (_problem(fault, shape, tree) for fault in error.errors(include_url=False))
        return
    yield from cyclic(tree)
    yield from _same_twice(tree)
    if profile and not models_named(tree):
        yield Problem(errors.NamesNoModel, "A profile names at least one model, in a role, a pool or a fallback.")
    yield from _similar_roles(tree)


def cyclic(tree: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the circle that the fallbacks of a tree make, if they do."""
    found = circle(inner(tree, "fallbacks"))
    if found:
        said = f"These lead back to where they began: {' → '.join(found)}."
        yield Problem(errors.CyclicFallback, said, ("fallbacks", found[0]))


def _same_twice(tree: Mapping[str, Any]) -> Iterator[Problem]:
    roles = inner(tree, "role_mappings")
    for role in roles:
        pair = inner(inner(roles, role), "by_difficulty")
        if pair and pair["strong"] == pair["weak"]:
            said = f"`{pair['strong']}` is both the strong and the weak model: name two."
            yield Problem(errors.SameModelTwice, said, ("role_mappings", role, "by_difficulty", "weak"))


def _similar_roles(tree: Mapping[str, Any]) -> Iterator[Problem]:
    for role in inner(tree, "role_mappings"):
        near: list[str] = [] if role in BUILT_IN else get_close_matches(role, BUILT_IN, 1, 0.8)
        if near:
            said = f"`{role}` becomes a role of your own; `{near[0]}` is the one that exists."
            yield Problem(errors.SimilarRole, said, ("role_mappings", role), nearest=near[0], warning=True)


def _problem(fault: ErrorDetails, shape: type[BaseModel], tree: Mapping[str, Any]) -> Problem:
    path, is_key = _path(fault["loc"], tree)
    kind = fault["type"]
    if kind == "extra_forbidden":
        return _unknown(path, _shape_at(shape, path[:-1]))
    if kind == "int_from_float":
        return Problem(errors.WrongType, f"Must be a whole number, not {fault['input']}.", path)
    if kind in _WANTED:
        said = f"Must be {_WANTED[kind]}, not {_type_of(fault['input'])}.{_quoted(fault['input'], kind)}"
        return Problem(errors.WrongType, said, path)
    if kind == "missing":
        return Problem(errors.MissingKey, f"`{path[-1]}` must be there.", path[:-1])
    if kind == "literal_error" and path == ("version",):
        newer = f"Version {fault['input']} is not known to this Mecum, which reads version 1."
        return Problem(errors.UnknownVersion, newer, path)
    if kind == "too_short" and path[:1] == ("pools",):
        return Problem(errors.EmptyPool, f"The pool `{path[1]}` has no model.", path)
    if kind in _RANGES or kind in _LENGTHS:
        return Problem(errors.OutOfRange, _bound(fault, is_key=is_key), path)
    return Problem(errors.WrongType, f"{fault['msg']}.", path)


def _path(location: Sequence[str | int], tree: object) -> tuple[Path, bool]:
    """Return the path of a fault in the document, and whether its key is what is wrong."""
    steps = [step for step in location if step != "[key]"]
    return tuple(steps), len(steps) != len(location)


def _unknown(path: Path, shape: type[BaseModel] | None) -> Problem:
    word = str(path[-1])
    names = [] if shape is None else [field.alias or name for name, field in shape.model_fields.items()]
    if word.lower() in _SECRETS:
        said = f"`{word}` does not belong into a file: a key is stored sealed, with its model server."
        return Problem(errors.SecretInFile, said, path)
    near = next(iter(get_close_matches(word, names, 1, 0.6)), None)
    meant = f" Did you mean `{near}`?" if near else ""
    allowed = "" if near or len(names) > _MOST_ALLOWED else f" Allowed are {', '.join(f'`{name}`' for name in names)}."
    ability = len(path) > 1 and path[-2] in _ABILITIES
    what = "capability" if ability else "key"
    where = f" in `{dotted(path[:-1])}`" if path[:-1] else ""
    error: type[MecumError] = errors.UnknownCapability if ability else errors.UnknownKey
    return Problem(error, f"There is no {what} `{word}`{where}.{meant}{allowed}", path, nearest=near)


def _shape_at(shape: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """Return the shape of the object at `path`."""
    current: Any = shape
    for step in path:
        if isinstance(current, type) and issubclass(current, BaseModel):
            field = next((f for n, f in current.model_fields.items() if step in (n, f.alias)), None)
            current = None if field is None else _inner(field.annotation)
        else:
            arguments = get_args(current)
            current = _inner(arguments[-1]) if arguments else None
    return current if isinstance(current, type) and issubclass(current, BaseModel) else None


def _inner(annotation: Any) -> Any:
    """Return what an optional annotation holds."""
    parts = get_args(annotation)
    return next(part for part in parts if part is not type(None)) if type(None) in parts else annotation


def _type_of(value: object) -> str:
    return "null" if value is None else _TYPES.get(type(value), "something else")


def _quoted(value: object, kind: str) -> str:
    """A number or a truth in quotes is the commonest of mistakes."""
    if isinstance(value, str) and kind in ("bool_type", "int_type", "float_type"):
        return " Write it without quotes." if kind != "bool_type" else " Write true or false, without quotes."
    return ""


def _bound(fault: ErrorDetails, *, is_key: bool) -> str:
    context: Mapping[str, Any] = fault.get("ctx") or {}
    match fault["type"]:
        case "greater_than_equal":
            return f"Must be at least {context['ge']:g}, not {fault['input']}."
        case "greater_than":
            return f"Must be more than {context['gt']:g}, not {fault['input']}."
        case "less_than_equal":
            return f"Must be at most {context['le']:g}, not {fault['input']}."
        case "string_pattern_mismatch" if is_key:
            return "A name here has small letters, digits, `_` and `-`, at most 40 of them."
        case "string_pattern_mismatch":
            return f"Must look like `{context['pattern']}`."
        case "string_too_short" | "too_short":
            return "Must not be empty."
        case "string_too_long" | "too_long":
            return f"Must be at most {context['max_length']} long."
        case _:
            return f"{fault['msg']}."
