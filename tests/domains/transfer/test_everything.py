"""Everything that is a person's comes out, always the same, and nothing that is somebody else's."""

import io
import json
import zipfile

from factories.records import conversation, message
from factories.sites import Site
from mecum.kernel.subject import Subject


async def planted(site: Site, subject: Subject, text: str) -> str:
    """Store a conversation with a question and two answers to it."""
    conversation_id, write = conversation(subject, title=text, leaf_id="msg_nowhere")
    user_id, op1 = message(conversation_id, text)
    _, op2 = message(conversation_id, "one", role="assistant", parent_id=user_id)
    _, op3 = message(conversation_id, "other", role="assistant", parent_id=user_id)
    await site.house.parts.database.commit([write, op1, op2, op3])
    return conversation_id


async def test_everything_comes_out_in_its_order(site: Site, eve: Subject) -> None:
    owner = site.house.parts.owner
    mine = [await planted(site, owner, f"mine {number}") for number in range(3)]
    await planted(site, eve, "not mine")
    bodies: list[bytes] = []
    for _ in range(2):
        answer = await site.browser.ask("GET", "/api/v1/export")
        assert answer.status == 200
        bodies.append(answer.body)
    assert bodies[0] == bodies[1]
    with zipfile.ZipFile(io.BytesIO(bodies[0])) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [f"conversations/{one}.json" for one in mine]
        first = json.loads(archive.read(archive.namelist()[0]))
    assert first["format"] == "mecum.conversation"
    assert [one["parts"][0]["text"] for one in first["messages"]] == ["mine 0", "one", "other"]
    assert "exported_at" not in first["conversation"]
    assert b"not mine" not in b"".join(zipfile.ZipFile(io.BytesIO(bodies[0])).read(name) for name in archive.namelist())
