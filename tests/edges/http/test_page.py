"""The built page: its files, its shell everywhere else, and nothing outside its folder."""

from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from fakes.asgi import Browser
from mecum.edges.http.page import Page
from mecum.edges.http.problems import RouteNotFound


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a built page, with a secret beside it."""
    built = tmp_path / "page"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text("<html>shell</html>")
    (built / "app.webmanifest").write_text("{}")
    (built / "assets" / "main-1a2b.js").write_text("run()")
    (built / "assets" / "strange.xyz").write_text("?")
    (tmp_path / "secret.txt").write_text("secret")
    (built / "way-out").symlink_to(tmp_path / "secret.txt")
    return built


@pytest.fixture
def browser(folder: Path) -> Browser:
    """Return a client of the page alone."""
    page = Page(folder)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await page(scope, receive, send)

    return Browser(app)


@pytest.mark.parametrize(
    ("path", "body", "media_type", "cache"),
    [
        ("/", b"<html>shell</html>", "text/html; charset=utf-8", "no-cache"),
        ("/c/cnv_1", b"<html>shell</html>", "text/html; charset=utf-8", "no-cache"),
        ("/index.html", b"<html>shell</html>", "text/html; charset=utf-8", "no-cache"),
        ("/app.webmanifest", b"{}", "application/manifest+json", "no-cache"),
        ("/assets/main-1a2b.js", b"run()", "/javascript", "public, max-age=31536000, immutable"),
        ("/assets/strange.xyz", b"?", "application/octet-stream", "public, max-age=31536000, immutable"),
    ],
)
async def test_what_is_served(browser: Browser, path: str, body: bytes, media_type: str, cache: str) -> None:
    answered = await browser.ask("GET", path)
    assert (answered.status, answered.body) == (200, body)
    assert answered.headers["cache-control"] == cache
    assert media_type in answered.headers["content-type"]


async def test_only_the_head(browser: Browser) -> None:
    answered = await browser.ask("HEAD", "/")
    assert (answered.status, answered.body) == (200, b"")


@pytest.mark.parametrize("path", ["/../secret.txt", "/assets/../../secret.txt", "/way-out", "//etc/passwd", "/a\x00b"])
async def test_nothing_outside_the_folder_is_read(browser: Browser, path: str) -> None:
    answered = await browser.ask("GET", path)
    assert answered.body in (b"<html>shell</html>", b"Not found")


async def test_an_asset_that_is_gone_is_not_the_shell(browser: Browser) -> None:
    assert (await browser.ask("GET", "/assets/old-9f.js")).status == 404


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/v1/nothing"])
async def test_the_api_is_not_a_page(browser: Browser, path: str) -> None:
    with pytest.raises(RouteNotFound):
        await browser.ask("GET", path)


async def test_a_page_that_is_not_built_says_how(tmp_path: Path) -> None:
    page = Page(tmp_path)
    assert not page.built

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await page(scope, receive, send)

    answered = await Browser(app).ask("GET", "/")
    assert answered.status == 503
    assert b"make web" in answered.body
