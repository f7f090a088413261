"""Files of other systems, made up: databases in each of their shapes, exports, archives."""

import base64
import io
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

Row = Mapping[str, Any]
BEFORE = {
    "conversations": "id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT, timestamp DATETIME",
    "messages": "id INTEGER PRIMARY KEY AUTOINCREMENT, conversation_id INTEGER, step INTEGER, role TEXT, content TEXT, "
    "thinking TEXT, tool_name TEXT, tool_calls TEXT, tool_results TEXT, model TEXT, timestamp DATETIME",
}
"""The older chat server, before its first phase."""
AFTER = {
    "conversations": f"{BEFORE['conversations']}, model_name TEXT, system_prompt TEXT, temperature REAL, "
    "max_tokens INTEGER, metadata TEXT, uuid TEXT",
    "messages": f"{BEFORE['messages']}, confidence_score REAL, token_count INTEGER, processing_time_ms INTEGER, "
    "metadata TEXT, parent_message_id INTEGER, uuid TEXT",
}
"""After it; upgraded in place, older rows have NULL in what is new."""
NAMED = {
    "conversations": "id INTEGER PRIMARY KEY, title TEXT, created_at DATETIME, updated_at DATETIME, model_name TEXT, "
    "temperature TEXT, max_tokens TEXT, is_favourite BOOLEAN, user_id TEXT",
    "messages": "id INTEGER PRIMARY KEY, conversation_id INTEGER, role TEXT, content TEXT, message_type TEXT, "
    "created_at DATETIME, reaction TEXT",
}
"""The one whose enums are stored by name, and whose numbers as text."""
ASSISTANT = {
    "conversation": "id VARCHAR PRIMARY KEY, title VARCHAR, created_at DATETIME, updated_at DATETIME, tags VARCHAR",
    "message": "id VARCHAR PRIMARY KEY, conversation_id VARCHAR, role VARCHAR, content VARCHAR, timestamp DATETIME, "
    "tokens INTEGER, mode VARCHAR, tags VARCHAR",
    "budgetevent": "id INTEGER PRIMARY KEY, timestamp DATETIME, category VARCHAR, tokens_used INTEGER",
}


def database(shape: Mapping[str, str], rows: Mapping[str, Iterable[Row]], *, wal: bool = False) -> bytes:
    """Return a SQLite file with these tables and rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as store:
            if wal:
                store.execute("PRAGMA journal_mode = wal")
            store.execute("BEGIN")
            for table, columns in shape.items():
                store.execute(f"CREATE TABLE {table} ({columns})")
                for row in rows.get(table, ()):
                    marks = ", ".join("?" * len(row))
                    store.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
            store.execute("COMMIT")
        return path.read_bytes()


def chat(messages: Sequence[Row], conversations: Sequence[Row] | None = None, *, shape: Any = None) -> bytes:
    """Return a database of the older chat server with one conversation unless others are given."""
    given = conversations or [{"id": 1, "title": "One", "timestamp": "2020-01-02 03:04:05"}]
    whole: list[Row] = [
        {"id": place, "conversation_id": 1, "step": place, "timestamp": "2020-01-02 03:04:05", **row}
        for place, row in enumerate(messages, 1)
    ]
    return database(shape or BEFORE, {"conversations": given, "messages": whole})


def sealed(text: str, secret_key: str, salt: str) -> str:
    """Return a value as the older assistant encrypted it."""
    key = PBKDF2HMAC(SHA1(), 32, salt.encode(), 1000).derive(secret_key.encode())
    nonce = os.urandom(16)
    both = AESGCM(key).encrypt(nonce, text.encode(), None)
    return "enc:v1:" + base64.b64encode(nonce + both[-16:] + both[:-16]).decode()


def archive(members: Mapping[str, bytes]) -> bytes:
    """Return a zip file."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return body.getvalue()


def chatgpt(ref: str, *said: tuple[str, Any], title: str = "A talk", at: float = 1_600_000_000.0) -> dict[str, Any]:
    """Return one of ChatGPT's conversations: a line of (role, text or a whole content) under a frame."""
    root: dict[str, Any] = {"id": f"{ref}-root", "message": None, "parent": None, "children": []}
    mapping: dict[str, Any] = {root["id"]: root}
    before = f"{ref}-root"
    for place, (role, content) in enumerate(said):
        key = f"{ref}-{place}"
        whole: Any = {"content_type": "text", "parts": [content]} if isinstance(content, str) else content
        message: dict[str, Any] = {
            "id": key,
            "author": {"role": role},
            "create_time": at + place,
            "content": whole,
            "metadata": {},
        }
        mapping[key] = {"id": key, "message": message, "parent": before, "children": []}
        mapping[before]["children"].append(key)
        before = key
    about = {"title": title, "create_time": at, "update_time": at + len(said), "conversation_id": ref}
    return {**about, "mapping": mapping, "current_node": before}


def as_json(value: Any) -> bytes:
    """Return JSON."""
    return orjson.dumps(value)
