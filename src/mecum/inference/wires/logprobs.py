"""How likely tokens were, on the OpenAI wire: of chats a list of objects, of continued texts lists side by side.

Source: the OpenAI API reference, "The chat completion chunk object", "The completion object".
"""

from collections.abc import Mapping, Sequence
from typing import Any

Token = dict[str, Any]


def tokens_of(told: Any) -> list[Token]:
    """Return the tokens in the `logprobs` of a choice, whichever of both ways they are told."""
    if not isinstance(told, Mapping):
        return []
    given: Mapping[str, Any] = told  # pyright: ignore[reportUnknownVariableType]
    if given.get("content"):
        return [_token(one) for one in given["content"]]
    names: Sequence[str] = given.get("tokens") or ()
    chances: Sequence[float | None] = given.get("token_logprobs") or ()
    tops: Sequence[Mapping[str, float] | None] = given.get("top_logprobs") or [None] * len(names)
    return [
        {"token": name, "logprob": chance, "bytes": None, "top_logprobs": _alternatives(top or {})}
        for name, chance, top in zip(names, chances, tops, strict=False)
    ]


def side_by_side(tokens: Sequence[Token], offset: int = 0) -> dict[str, Any]:
    """Return tokens as a continued text tells them; `offset` is how many characters of it came before."""
    offsets: list[int] = []
    for token in tokens:
        offsets.append(offset)
        offset += len(token["token"])
    return {
        "tokens": [token["token"] for token in tokens],
        "token_logprobs": [token["logprob"] for token in tokens],
        "top_logprobs": [{top["token"]: top["logprob"] for top in token["top_logprobs"]} for token in tokens],
        "text_offset": offsets,
    }


def _token(told: Mapping[str, Any]) -> Token:
    return {**_known(told), "top_logprobs": [_known(top) for top in told.get("top_logprobs") or ()]}


def _known(told: Mapping[str, Any]) -> Token:
    return {name: told.get(name) for name in ("token", "logprob", "bytes")}


def _alternatives(top: Mapping[str, float]) -> list[Token]:
    return [{"token": name, "logprob": chance, "bytes": None} for name, chance in top.items()]
