"""Assistants as files: out and in again all is there; cards keep what has no place here; nothing hostile enters."""

import base64
import io
import zipfile
from typing import Any

import orjson
import pytest

from factories.cards import card, chunk, encoded, inside, picture, text
from factories.imports import ImportDesk
from mecum.domains.transfer.errors import CardUnreadable
from mecum.domains.transfer.rules import png

pytestmark = pytest.mark.slow
FIELDS: dict[str, Any] = {
    "identity": {"tone": "warm", "traits": {"dry": 0.5}, "description": "Writes letters."},
    "configuration": {"temperature": 0.25, "thinking_style": "dreamy"},
    "capabilities": {"capabilities": {"letters": True}},
    "display": {"featured_rank": 3, "is_featured": True},
}


async def made(desk: ImportDesk, name: str = "Letters", **wanted: Any) -> dict[str, Any]:
    """Make an assistant with a history and a picture."""
    answer = await desk.client.post("/assistants", json={"name": name, "prompt": "First.", **FIELDS, **wanted})
    assert answer.status_code == 201, answer.text
    slug = answer.json()["slug"]
    for path, body in ((f"{slug}/identity", {"motto": "Less."}), (f"{slug}/display", {"is_guide": True})):
        assert (await desk.client.patch(f"/assistants/{path}", json=body)).status_code == 200
    assert (
        await desk.client.put(f"/assistants/{slug}/prompt", json={"text": "Second.", "note": "n"})
    ).status_code == 200
    put = await desk.client.put(f"/assistants/{slug}/avatar", content=picture())
    assert put.status_code == 200, put.text
    return await desk.get(f"/assistants/{slug}")


async def out(desk: ImportDesk, slug: str, form: str = "mecum", **query: Any) -> bytes:
    """Return an assistant as a file."""
    answer = await desk.client.get(f"/assistants/{slug}/export", params={"format": form, **query})
    assert answer.status_code == 200, answer.text
    return answer.content


async def only(desk: ImportDesk) -> dict[str, Any]:
    """Return the one assistant there is."""
    [listed] = (await desk.get("/assistants"))["items"]
    return await desk.get(f"/assistants/{listed['slug']}")


async def test_out_and_in_again_is_the_same(desk: ImportDesk) -> None:
    before = await made(desk)
    file = await out(desk, "letters", versions=True)
    assert orjson.loads(file)["sha256"]
    assert (await desk.bring({"a.json": file}))["kinds"]["assistant"]["already"] == 1
    await desk.client.delete("/assistants/letters?purge=true")
    view = await desk.bring({"a.json": file})
    assert view["format"] == "mecum-assistant"
    assert (view["kinds"]["assistant"]["imported"], view["kinds"]["file"]["imported"]) == (1, 1)
    after = await only(desk)
    assert await out(desk, "letters", versions=True) == file
    for facet in ("identity", "configuration", "capabilities", "growth", "quality", "display"):
        pins = {"version", "system_prompt", "avatar"}
        assert {k: v for k, v in after[facet].items() if k not in pins} == {
            k: v for k, v in before[facet].items() if k not in pins
        }
    assert (after["id"], after["revision"], after["prompt"]["text"]) == (before["id"], 5, "Second.")
    assert after["configuration"]["unknown"] == before["configuration"]["unknown"] != []
    served = await desk.client.get(after["identity"]["avatar"].removeprefix("/api/v1"))
    assert (served.content, served.headers["content-type"]) == (picture(), "image/png")
    # What it was can be brought back, with the prompt of then.
    back = (await desk.client.post("/assistants/letters/versions/1/restore", json={})).json()
    assert (back["prompt"]["text"], back["identity"]["motto"]) == ("First.", None)


async def test_twice_adds_nothing_and_undo_leaves_what_was_changed(desk: ImportDesk) -> None:
    await made(desk)
    files = {"a.json": await out(desk, "letters"), "b.json": orjson.dumps(card())}
    await desk.client.delete("/assistants/letters?purge=true")
    first = await desk.bring(files)
    assert (first["imported"], first["kinds"]["assistant"]["imported"]) == (3, 2)
    again = await desk.bring(files)
    assert (again["kinds"]["assistant"], again["imported"]) == (
        {"found": 2, "imported": 0, "already": 2, "skipped": 0},
        0,
    )
    await desk.client.patch("/assistants/ida/identity", json={"tone": "dry"})
    ida = (await desk.get("/assistants/ida"))["id"]
    undone = await desk.undo(first["id"])
    (kept,) = undone["kept"]
    assert {name: value for name, value in kept.items() if value is not None} == {
        "assistant_id": ida,
        "reason": "it was changed here after the import",
    }
    assert [one["slug"] for one in (await desk.get("/assistants"))["items"]] == ["ida"]
    assert (await desk.bring(files))["kinds"]["assistant"]["imported"] == 1


async def test_what_was_changed_since_comes_as_another_one(desk: ImportDesk) -> None:
    await made(desk)
    file = await out(desk, "letters")
    await desk.client.patch("/assistants/letters/identity", json={"tone": "dry"})
    assert (await desk.bring({"a.json": file}))["kinds"]["assistant"]["imported"] == 1
    tones = {one["slug"]: one["tone"] for one in (await desk.get("/assistants", view="card"))["items"]}
    assert tones == {"letters": "dry", "letters-2": "warm"}


async def test_its_project_goes_along_by_name_and_the_primary_one_stays(desk: ImportDesk) -> None:
    await made(desk, display={"is_primary": True})
    place = (await desk.client.post("/projects", json={"name": "Rome trip"})).json()
    put = await desk.client.patch("/assistants/letters", json={"current_project": place["id"]})
    assert put.status_code == 200, put.text
    file = await out(desk, "letters", versions=True)
    assert orjson.loads(file)["assistant"]["project"] == "Rome trip"
    assert place["id"].encode() not in file
    await desk.client.delete("/assistants/letters?purge=true")
    other = (await desk.client.post("/assistants", json={"name": "Other", "display": {"is_primary": True}})).json()
    await desk.bring({"a.json": file})
    back = await desk.get("/assistants/letters")
    assert (back["current_project"], back["display"]["is_primary"]) == (place["id"], False)
    assert [one["id"] for one in (await desk.get("/assistants", only="primary"))["items"]] == [other["id"]]


async def test_a_dry_run_stores_nothing(desk: ImportDesk) -> None:
    view = await desk.bring(
        {"a.json": orjson.dumps(card()), "b.png": picture(text("chara", encoded(card(name="B"))))}, dry_run=True
    )
    assert view["kinds"]["assistant"]["imported"] == 2
    assert (await desk.get("/assistants"))["items"] == []


async def test_a_changed_file_is_not_taken(desk: ImportDesk) -> None:
    await made(desk)
    whole = orjson.loads(await out(desk, "letters"))
    whole["assistant"]["name"] = "Stolen"
    view = await desk.bring({"a.json": orjson.dumps(whole)})
    assert (view["skipped"], "hash" in view["reasons"][0]["reason"]) == (1, True)
    del whole["sha256"]
    assert (await desk.bring({"a.json": orjson.dumps(whole)}))["kinds"]["assistant"]["imported"] == 1


# Cards


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("container", ["json", "png"])
async def test_a_card_acts_and_goes_out_as_it_came(desk: ImportDesk, version: int, container: str) -> None:
    came = card(version)
    keyword = "ccv3" if version == 3 else "chara"
    file = orjson.dumps(came) if container == "json" else picture(text("Title", b"kept"), text(keyword, encoded(came)))
    view = await desk.bring({"ida": file})
    assert (view["format"], view["kinds"]["assistant"]["imported"]) == ("character-card", 1)
    ida = await only(desk)
    called = "Captain" if version == 3 else "Ida"
    assert ida["identity"]["description"] == f"{called} keeps a lighthouse. the user is lost at sea."
    assert ida["identity"]["intro_text"] == "Come in, you."
    prompt = (await desk.get("/assistants/ida", view="chat"))["prompt"]
    assert f"Stay {called}." in prompt
    assert "The scenario: A storm." in prompt
    assert f"{called}: Over here." in prompt
    for silent in ("winter", "lamp", "Who is there", "brief", "somebody", "{{"):
        assert silent not in prompt
    said = {one["name"]: (one["count"], one["says"]) for one in ida["brought"]}
    assert said["character_book"] == (3, "Kept, and not yet in effect.")
    assert said["alternate_greetings"] == (2, "Kept, and not yet in effect.")
    gone = await out(desk, "ida", f"card-v{version}-{container}")
    if container == "json":
        assert orjson.loads(gone) == came
    else:
        assert inside(gone)[keyword] == came
        assert b"Title\0kept" in gone
        assert (ida["identity"]["avatar"] or "").startswith(f"/api/v1/assistants/{ida['id']}/avatar?")
        served = await desk.client.get(ida["identity"]["avatar"].removeprefix("/api/v1"))
        assert keyword.encode() + b"\0" not in served.content


async def test_what_is_changed_here_is_changed_in_the_card_and_nothing_else(desk: ImportDesk) -> None:
    came = card(2)
    await desk.bring({"ida.json": orjson.dumps(came)})
    await desk.client.patch("/assistants/ida/identity", json={"personality": "Rash.", "tone": "warm"})
    changed = orjson.loads(await out(desk, "ida", "card-v2-json"))["data"]
    assert changed.pop("personality") == "Rash."
    assert changed["extensions"].pop("mecum") == {"identity": {"tone": "warm"}}
    assert changed == {name: value for name, value in came["data"].items() if name != "personality"}
    await desk.client.put("/assistants/ida/prompt", json={"text": "Be a sailor."})
    changed = orjson.loads(await out(desk, "ida", "card-v2-json"))["data"]
    assert (changed["system_prompt"], changed["scenario"], changed["mes_example"]) == ("Be a sailor.", "", "")
    assert changed["character_book"] == came["data"]["character_book"]


async def test_an_assistant_of_ours_goes_out_as_a_card_and_comes_back(desk: ImportDesk) -> None:
    await made(desk)
    file = await out(desk, "letters", "card-v3-png")
    cards = inside(file)
    assert cards["ccv3"]["spec"] == "chara_card_v3"
    assert cards["ccv3"]["data"]["system_prompt"] == "Second."
    assert cards["ccv3"]["data"]["extensions"]["mecum"]["identity"]["tone"] == "warm"
    # Who reads only version 2 is told what is missing.
    assert cards["chara"]["spec"] == "chara_card_v2"
    assert "version 3" in cards["chara"]["data"]["creator_notes"]
    await desk.client.delete("/assistants/letters?purge=true")
    await desk.bring({"letters.png": file})
    back = await only(desk)
    assert (back["identity"]["tone"], back["identity"]["traits"]) == ("warm", {"dry": 0.5})
    assert (back["prompt"]["text"], back["configuration"]["temperature"]) == ("Second.", 0.25)
    older = orjson.loads(await out(desk, "letters", "card-v2-json"))
    assert (older["spec"], older["spec_version"]) == ("chara_card_v2", "2.0")


async def test_of_two_cards_in_a_picture_the_newer_counts(desk: ImportDesk) -> None:
    both = picture(text("chara", encoded(card(2, name="Older"))), text("ccv3", encoded(card(3, name="Newer"))))
    await desk.bring({"both.png": both})
    assert (await only(desk))["name"] == "Newer"


async def test_version_one_and_an_archive_of_version_three(desk: ImportDesk) -> None:
    names = ("name", "description", "personality", "scenario", "first_mes", "mes_example")
    first = {name: card()["data"][name] for name in names}
    body = io.BytesIO()
    asset = {"type": "icon", "uri": "embeded://assets/icon/images/main.png", "name": "main", "ext": "png"}
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("card.json", orjson.dumps(card(3, name="Zip", assets=[asset])))
        archive.writestr("assets/icon/images/main.png", picture())
    view = await desk.bring({"old.json": orjson.dumps(first), "new.charx": body.getvalue()})
    assert view["kinds"]["assistant"]["imported"] == 2
    assert view["kinds"]["file"] == {"found": 1, "imported": 1, "already": 0, "skipped": 0}
    zipped = await desk.get("/assistants/zip")
    assert zipped["identity"]["avatar"].startswith("/api/v1/assistants/")
    again = orjson.loads(await out(desk, "zip", "card-v3-json"))["data"]["assets"][0]
    assert base64.b64decode(again["uri"].partition(",")[2]) == picture()


HOSTILE = {
    "no card": (picture(), None),
    "cut off": (picture()[:60], "import.card_unreadable"),
    "wrong checksum": (picture(chunk(b"tEXt", b"chara\0e30=", crc=7)), "import.card_unreadable"),
    "a huge chunk": (picture()[:-12] + b"\xff\xff\xff\xf0tEXtchara", "import.card_unreadable"),
    "a bomb of pixels": (
        picture(text("chara", encoded(card())), width=60_000, height=60_000),
        "import.card_unreadable",
    ),
    "no base64": (picture(text("chara", b"\xff\xfe")), "import.card_unreadable"),
    "no card inside": (picture(text("chara", encoded({"a": 1}))), "import.card_unreadable"),
    "deep": (picture(text("chara", base64.b64encode(b"[" * 200_000))), "import.card_unreadable"),
    "many chunks": (picture(*[chunk(b"tEXt", b"a\0b")] * 20_001), "import.card_unreadable"),
    "no head": (b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""), "import.card_unreadable"),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_nothing_hostile_enters(plain_desk: ImportDesk, name: str) -> None:
    body, code = HOSTILE[name]
    view = await plain_desk.bring({"x.png": body}) if code is None else await failed(plain_desk, body)
    assert view["code"] == code, view
    assert (await plain_desk.get("/assistants"))["items"] == []
    if code is None:
        assert view["reasons"][0]["reason"] == "there is no character card in this picture"


async def failed(desk: ImportDesk, body: bytes) -> dict[str, Any]:
    """Return an import that could not be made."""
    import_id = await desk.begin({"x.png": body})
    async with desk.working():
        return await desk.over(import_id)


async def test_odd_cards_are_skipped_or_kept_as_they_are(plain_desk: ImportDesk) -> None:
    odd = card(2, description=5, tags="none", character_book=[], extensions=None, system_prompt=None, name="Odd")
    nameless = card(2, name="  ")
    view = await plain_desk.bring({"a.json": orjson.dumps(odd), "b.json": orjson.dumps(nameless)})
    assert [one["reason"] for one in view["reasons"]] == ["the card has no name"]
    assert orjson.loads(await out(plain_desk, "odd", "card-v2-json")) == odd


async def test_a_long_text_acts_too(plain_desk: ImportDesk) -> None:
    came = card(2, description="long " * 20_000)
    await plain_desk.bring({"a.json": orjson.dumps(came)})
    assert "long long" in (await plain_desk.get("/assistants/ida", view="chat"))["prompt"]
    assert orjson.loads(await out(plain_desk, "ida", "card-v2-json")) == came


async def test_a_picture_is_one(plain_desk: ImportDesk) -> None:
    await made(plain_desk)
    refused = await plain_desk.client.put("/assistants/letters/avatar", content=b"<svg/>")
    assert refused.json()["code"] == "assistant.picture_refused"
    clone = (await plain_desk.client.post("/assistants/letters/clone", json={})).json()
    assert clone["id"] in clone["identity"]["avatar"]
    await plain_desk.client.delete("/assistants/letters?purge=true")
    assert (await plain_desk.client.get("/assistants/letters-2/avatar")).content == picture()
    await plain_desk.client.post("/assistants", json={"name": "None"})
    missing = await plain_desk.client.get("/assistants/none/avatar")
    assert (missing.status_code, missing.json()["code"]) == (404, "assistant.picture_not_found")


def test_chunks_are_written_as_they_were_read() -> None:
    data = picture(text("a", b"b"), chunk(b"tIME", b"1234567"))
    assert png.written(png.chunks_of(data + b"behind")) == data
    assert png.chunks_of(png.written(png.plain()))[0].kind == b"IHDR"
    with pytest.raises(CardUnreadable):
        png.chunks_of(b"GIF89a")
