"""How a request of ours looks on the Google wire: system instruction, contents, functions.

Source: the Gemini API reference, "Generating content", and the guides to function calling and thought signatures. Rules
it checks: the roles user and model alternate, a turn of calls follows the user's and is followed by as many responses,
every part holds exactly one thing, and from Gemini 3 on the calls of the turn in progress carry a signature.
"""

import base64
import re
from collections.abc import Sequence
from typing import Any, Final

from mecum.inference.exchange import (
    CallContent,
    Content,
    ImageContent,
    ModelRequest,
    ReasoningContent,
    ResultContent,
    TextContent,
    ToolSpec,
)
from mecum.inference.ports import ModelInfo
from mecum.inference.wires.images import without_images
from mecum.inference.wires.openai import quoted
from mecum.inference.wires.turns import NOTHING, Exchanged, alternating, arguments_of, cycle_start
from mecum.integrations.google.parameters import parameters_of, signs_calls

# What the documentation names for a call that another model made: it is not checked.
FOREIGN_CALL: Final = "skip_thought_signature_validator"
_FOREIGN: Final = re.compile(r"[^a-zA-Z0-9_.:-]")

Part = dict[str, Any]


def origin_of(model: str) -> str:
    """Return what the proofs of a model's thoughts are marked with."""
    return f"google/{model}"


def body_of(request: ModelRequest, model: ModelInfo) -> dict[str, Any]:
    """Return the JSON body for streamGenerateContent; raises ModelRefused."""
    seen = without_images(request) if model.vision is False else request
    system, turns = alternating(seen.messages)
    contents = [_content(turn, request.model) for turn in turns]
    if request.passages:
        contents[cycle_start(turns)]["parts"].insert(0, {"text": quoted(request.passages)})
    body: dict[str, Any] = {"contents": contents}
    if system:
        body["systemInstruction"] = {"parts": [{"text": system}]}
    if request.tools:
        body["tools"] = [{"functionDeclarations": [_function(tool) for tool in request.tools]}]
    return body | parameters_of(request, model)


def _content(turn: Exchanged, model: str) -> dict[str, Any]:
    role = "model" if turn.role == "assistant" else "user"
    return {"role": role, "parts": _parts(turn.content, model) or [{"text": NOTHING}]}


def _parts(content: Sequence[Content], model: str) -> list[Part]:
    """A proof without a call behind it stands in a part of its own; the first call of a turn always has one."""
    parts: list[Part] = []
    proof = ""
    required = signs_calls(model)
    for item in content:
        if isinstance(item, CallContent):
            signature = proof or (FOREIGN_CALL if required else "")
            parts.append(_call(item) | ({"thoughtSignature": signature} if signature else {}))
            proof, required = "", False
            continue
        if proof:
            parts.append({"text": "", "thoughtSignature": proof})
            proof = ""
        if not isinstance(item, ReasoningContent):
            parts.append(_part(item))
        elif item.origin == origin_of(model):
            proof = item.signature or ""
    return [*parts, {"text": "", "thoughtSignature": proof}] if proof else parts


def _call(call: CallContent) -> Part:
    return {"functionCall": {"id": call.call_id, "name": _name(call.name), "args": arguments_of(call)}}


def _part(item: TextContent | ImageContent | ResultContent) -> Part:
    match item:
        case TextContent(text):
            return {"text": text}
        case ImageContent(media_type, data):
            return {"inlineData": {"mimeType": media_type, "data": base64.b64encode(data).decode("ascii")}}
        case ResultContent(call_id, name, content, is_error):
            response = {"error" if is_error else "output": content}
            return {"functionResponse": {"id": call_id, "name": _name(name), "response": response}}


def _name(name: str) -> str:
    plain = _FOREIGN.sub("_", name)[:64]
    return plain if plain[:1].isalpha() or plain[:1] == "_" else f"_{plain}"


def _function(tool: ToolSpec) -> dict[str, Any]:
    return {"name": tool.name, "description": tool.description, "parametersJsonSchema": tool.parameters}
