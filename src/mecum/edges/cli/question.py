"""One question and its answer, with all that `mecum chat` was told about how to ask it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mecum.edges.cli import compose
from mecum.edges.cli.answer import Page, deliver, judge
from mecum.edges.cli.client import Client
from mecum.edges.cli.follow import Following, start


@dataclass(slots=True)
class Question:
    """How to ask; `conversation_id` is that of the last answer once there is one."""

    client: Client
    conversation_id: str | None = None
    project_id: str | None = None
    """Where the conversation is made, if it has to be."""
    model: str | None = None
    system_prompt: str | None = None
    temperature: float | None = None
    raw: bool = False
    wait: bool = False
    stream: bool = True
    quiet: bool = False
    as_json: bool = False
    _files: list[str] = field(default_factory=list[str])

    def attach(self, paths: Iterable[Path], piped: compose.Piped) -> None:
        """Store files, to go with the next message; raises OSError."""
        stored = [compose.upload_file(self.client, path) for path in paths]
        if piped.name is not None:
            stored.append(compose.upload(self.client, piped.name, piped.data))
        self._files += [str(item["id"]) for item in stored]

    def ask(self, text: str) -> None:
        """Send `text`, print the answer; raises Interrupted or Refusal when it does not come to its end."""
        run = start(self.client, self._request(text))
        self.conversation_id = run["conversation_id"]
        self._files = []
        following = Following(self.client, run["id"])
        page = Page(as_json=self.as_json, quiet=self.quiet, stream=self.stream, wait=self.wait)
        try:
            deliver(following, page)
        finally:
            following.close()
        judge(self.client, page.end or {})

    def _request(self, text: str) -> dict[str, Any]:
        wanted: dict[str, Any] = {
            "conversation_id": self.conversation_id,
            "project_id": self.project_id if self.conversation_id is None else None,
            "text": text,
            "files": self._files or None,
            "model": self.model,
            "system_prompt": self.system_prompt,
            "temperature": self.temperature,
            "mode": "raw" if self.raw else None,
            "wait_for_model": self.wait,
        }
        return {name: value for name, value in wanted.items() if value is not None}
