"""Files as a client sends and fetches them, on every store."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from factories.contexts import MOST_FILE_BYTES, Context
from factories.records import chat, message
from mecum.domains.conversations.repository import attach
from mecum.kernel.subject import Subject

pytestmark = pytest.mark.slow

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
BOUNDARY = "xxBOUNDARYxx"


def form(
    data: bytes, name: str = "a.png", field: str = "file", kind: str = "text/html"
) -> tuple[bytes, dict[str, str]]:
    body = (
        (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
            f"Content-Type: {kind}\r\n\r\n"
        ).encode()
        + data
        + f"\r\n--{BOUNDARY}--\r\n".encode()
    )
    return body, {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}


async def in_pieces(body: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(body), size):
        yield body[at : at + size]


def on_disk(context: Context) -> list[Path]:
    return [path for path in (context.store.folder / "blobs").rglob("*") if path.is_file()]


@pytest.mark.parametrize("size", [1, 7, 65_536])
async def test_a_form_in_any_pieces(client: httpx2.AsyncClient, size: int) -> None:
    data = os.urandom(3000) + b"\r\n--xxBOUNDARY" + b"\r\n"
    body, headers = form(data, name="späte Fähre.bin")
    response = await client.post("/files", content=in_pieces(body, size), headers=headers)
    assert response.status_code == 201, response.text
    file = response.json()
    assert (file["name"], file["size"], file["media_type"]) == (
        "späte Fähre.bin",
        len(data),
        "application/octet-stream",
    )
    assert (await client.get(f"/files/{file['id']}")).json() == file
    assert (await client.get(f"/files/{file['id']}/content")).content == data


async def test_raw_bodies_and_what_they_are(client: httpx2.AsyncClient) -> None:
    for data, kind in (
        (PNG, "image/png"),
        (b"<script>alert(1)</script>", "text/plain"),
        (b"%PDF-1.4\n", "application/pdf"),
    ):
        file = (await client.post("/files?name=x.html", content=data, headers={"content-type": "text/html"})).json()
        assert file["media_type"] == kind
        response = await client.get(f"/files/{file['id']}/content")
        assert response.content == data
        assert response.headers["content-type"].startswith(kind)
        assert response.headers["content-security-policy"] == "sandbox; default-src 'none'"
        inline = response.headers["content-disposition"].startswith("inline")
        assert inline == (kind == "image/png")
        assert response.headers["content-length"] == str(len(data))


async def test_names_are_made_harmless(client: httpx2.AsyncClient) -> None:
    for given, name in (
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\y.txt", "y.txt"),
        ("a\r\nSet-Cookie: b", "aSet-Cookie: b"),
        ("..", "file"),
        ("x" * 300 + ".txt", "x" * 196 + ".txt"),
    ):
        file = (await client.post("/files", params={"name": given}, content=b"data")).json()
        assert file["name"] == name
        assert (await client.get(f"/files/{file['id']}/content")).status_code == 200


async def test_too_large_empty_and_broken_leave_nothing(context: Context, client: httpx2.AsyncClient) -> None:
    for content in (b"x" * (MOST_FILE_BYTES + 1), in_pieces(b"x" * (MOST_FILE_BYTES + 1), 100_000)):
        response = await client.post("/files", content=content)
        assert response.json()["code"] == "file.too_large"
    assert (await client.post("/files", content=b"")).json()["code"] == "file.empty"
    body, headers = form(b"data")
    for broken in (body[:-30], form(b"data", field="other")[0], b"nonsense", b""):
        assert (await client.post("/files", content=broken, headers=headers)).json()["code"] == "request.form_invalid"
    assert (
        await client.post("/files", content=body, headers={"content-type": "multipart/form-data"})
    ).status_code == 400
    assert on_disk(context) == []


async def test_files_go_with_the_last_that_holds_them(
    context: Context, client: httpx2.AsyncClient, ada: Subject
) -> None:
    file = (await client.post("/files?name=a", content=b"shared")).json()
    twin = (await client.post("/files?name=b", content=b"shared")).json()
    holders: list[str] = []
    for held in (file, file, twin):
        conversation_id, _ = await chat(context.database, ada)
        part = {"type": "file", "file_id": held["id"], "name": "a", "media_type": "text/plain", "size": 6}
        message_id, op = message(conversation_id, parts=[part])
        await context.database.commit([op, attach(message_id, held["id"])])
        holders.append(conversation_id)
    path = f"/files/{file['id']}"
    await client.delete(f"/conversations/{holders[0]}?purge=true")
    assert (await client.get(f"{path}/content")).content == b"shared"
    await client.delete(f"/conversations/{holders[1]}")
    assert (await client.get(path)).status_code == 404
    assert (await client.get(f"{path}/content")).status_code == 404
    await client.post(f"/conversations/{holders[1]}/restore")
    assert (await client.get(path)).status_code == 200
    await client.delete(f"/conversations/{holders[1]}?purge=true")
    assert (await client.get(path)).json()["code"] == "file.not_found"
    assert len(on_disk(context)) == 1
    await client.delete(f"/conversations/{holders[2]}?purge=true")
    assert on_disk(context) == []


async def test_uploads_and_purges_of_the_same_bytes_do_not_pass_each_other(
    context: Context, client: httpx2.AsyncClient, ada: Subject
) -> None:
    async def hold_and_purge() -> None:
        file = (await client.post("/files", content=b"contested")).json()
        conversation_id, _ = await chat(context.database, ada)
        part = {"type": "file", "file_id": file["id"], "name": "a", "media_type": "text/plain", "size": 9}
        message_id, op = message(conversation_id, parts=[part])
        await context.database.commit([op, attach(message_id, file["id"])])
        await client.delete(f"/conversations/{conversation_id}?purge=true")

    async def hold() -> str:
        file = (await client.post("/files", content=b"contested")).json()
        return str(file["id"])

    results = await asyncio.gather(*(hold_and_purge() if i % 2 else hold() for i in range(12)))
    for file_id in filter(None, results):
        assert (await client.get(f"/files/{file_id}/content")).content == b"contested"
