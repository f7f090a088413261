"""Pulls as a person asks for, watches and cancels them, and the work itself."""

import asyncio
import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import unquote, urlsplit

from mecum.inference.errors import ChecksumWrong, ModelUnavailable, NotAModelFile, PullNotFound, PullSourceInvalid
from mecum.inference.ports import FileProvider, PullingProvider
from mecum.inference.pulls import checksum
from mecum.inference.pulls.download import PURPOSE, Download, Grants, Limits, Progress
from mecum.inference.pulls.schemas import PullCreate, PullView
from mecum.inference.registry import Registry
from mecum.inference.service import free_name
from mecum.infra.jobs.errors import JobNotFound
from mecum.infra.jobs.kinds import URGENT, Kind, Task
from mecum.infra.jobs.queue import Jobs
from mecum.infra.jobs.repository import JobView
from mecum.infra.net import Net
from mecum.infra.storage import Scope
from mecum.kernel import clock
from mecum.kernel.errors import MecumError, declared
from mecum.kernel.subject import Subject

KIND: Final = "model.pull"
OLLAMA: Final = "ollama:"
OLLAMA_LIBRARY: Final = "https://ollama.com"
_MOST_LISTED: Final = 50
_MOST_ATTEMPTS: Final = 6
_DAY: Final = 24 * 3600.0
_TELL_SECONDS: Final = 0.5
_HOPELESS: Final = ("invalid", "denied", "not_found")


class Wishes(Grants, Protocol):
    """The egress policy, as far as pulls need it."""

    def require_wish(self, subject: Subject, url: str, purpose: str) -> None: ...


class PullService:
    """Fetches models into `folder`; one at a time, as a job that goes on after a restart."""

    def __init__(self, jobs: Jobs, net: Net, registry: Registry, egress: Wishes, folder: Path, limits: Limits) -> None:
        self._jobs, self._net, self._registry, self._egress = jobs, net, registry, egress
        self._folder, self._limits = folder, limits
        self._live: dict[str, Progress] = {}
        self._ended: dict[str, dict[str, Any]] = {}
        """What was found out about a pull of this process; its job keeps the codes alone."""
        self._cancelled: set[str] = set()
        jobs.know(self.kind)

    @property
    def kind(self) -> Kind:
        """The kind of job that pulls are."""
        return Kind(
            KIND,
            self.make,
            most_attempts=_MOST_ATTEMPTS,
            timeout=_DAY,
            priority=URGENT,
            at_once=1,
            home=True,
            cancelled=self._stopped,
            again=self._resumed,
        )

    async def start(self, scope: Scope, body: PullCreate) -> PullView:
        """Ask for a pull; raises PullSourceInvalid, and OwnerOnly or EgressDenied for what may not be asked for."""
        self._egress.require_wish(scope.subject, _reached(body.source), PURPOSE)
        payload = {"source": body.source, "name": body.name, "hosts": body.hosts}
        payload["sha256"] = body.sha256.lower() if body.sha256 else None
        return await self._enqueued(scope, payload)

    async def again(self, scope: Scope, pull_id: str) -> PullView:
        """Ask once more for a pull that is over, with all that was asked; raises PullNotFound, and as `start`."""
        job = await self._job(scope, pull_id)
        if job.finished_at is None:
            raise PullNotFound
        self._egress.require_wish(scope.subject, _reached(job.payload["source"]), PURPOSE)
        return await self._enqueued(scope, dict(job.payload))

    async def _enqueued(self, scope: Scope, payload: dict[str, Any]) -> PullView:
        job_id = await self._jobs.enqueue(scope, KIND, payload, priority=URGENT)
        return self._view(await self._jobs.get(scope, job_id))

    async def newest(self, scope: Scope) -> list[PullView]:
        """Return the pulls of the last week, the newest first."""
        return [self._view(job) for job in await self._jobs.newest(scope, KIND, _MOST_LISTED)]

    async def get(self, scope: Scope, pull_id: str) -> PullView:
        """Return a pull; raises PullNotFound."""
        return self._view(await self._job(scope, pull_id))

    async def cancel(self, scope: Scope, pull_id: str) -> None:
        """End a pull and remove what came of it; raises PullNotFound, also when it is over."""
        job = await self._job(scope, pull_id)
        if job.finished_at is not None:
            raise PullNotFound
        await self._jobs.cancel(scope, job.id)

    async def _stopped(self, scope: Scope, job: JobView) -> None:
        """Its job was cancelled, whichever way: what came of it goes."""
        self._cancelled.add(job.id)
        scope.after_commit.append(lambda: shutil.rmtree(self._own(job.id), ignore_errors=True))

    async def _resumed(self, scope: Scope, job: JobView) -> None:
        """Its job is to be run again; it may be asked for by the rules of today."""
        self._egress.require_wish(scope.subject, _reached(job.payload["source"]), PURPOSE)
        self._cancelled.discard(job.id)
        self._ended.pop(job.id, None)

    async def make(self, task: Task) -> None:
        """Do a pull: the job's handler."""
        progress = self._live[task.id] = Progress()
        teller = asyncio.create_task(_tell(task, progress), name="pull progress")
        over = True
        try:
            self._ended[task.id] = await self._made(task, progress)
        except MecumError as error:
            self._ended[task.id] = {"detail": error.message}
            await task.progress({**_shown(progress), "detail": error.message}, now=True)
            over = error.kind in _HOPELESS or task.attempt >= _MOST_ATTEMPTS
            raise
        except asyncio.CancelledError:
            # The process stops: the next one goes on. Or somebody cancelled it.
            over = task.id in self._cancelled
            raise
        finally:
            teller.cancel()
            self._live.pop(task.id, None)
            if over:
                shutil.rmtree(self._own(task.id), ignore_errors=True)

    async def _made(self, task: Task, progress: Progress) -> dict[str, Any]:
        payload: Mapping[str, Any] = task.payload
        source: str = payload["source"]
        self._egress.require_reach(_reached(source), PURPOSE)
        if source.startswith(OLLAMA):
            found = await self._through_ollama(source.removeprefix(OLLAMA), progress)
        else:
            found = await self._from_address(task.id, payload, progress)
        await task.progress({**_shown(progress), **found}, now=True)
        return found

    async def _through_ollama(self, name: str, progress: Progress) -> dict[str, Any]:
        provider = self._registry.provider("ollama")
        if not isinstance(provider, PullingProvider):
            raise ModelUnavailable("No Ollama is set: MECUM_MODELS__OLLAMA_URL.")

        def told(says: str, done: int, of: int | None) -> None:
            progress.says, progress.done, progress.of = says, done, of

        await provider.pull(name, told)
        await self._registry.refresh()
        return {"model": f"ollama/{name}", "says": "done"}

    async def _from_address(self, job_id: str, payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        own, url, wanted = self._own(job_id), str(payload["source"]), payload["sha256"]
        files = self._registry.provider("llama_cpp")
        if not isinstance(files, FileProvider):
            raise NotAModelFile("Nothing here loads GGUF files.")
        placed = _read(own / "placed.json")
        file = self._folder / str(placed["file"]) if placed else None
        if placed is None or file is None or not file.is_file():
            download = Download(self._net, self._egress, url, own, frozenset(payload["hosts"]), self._limits)
            download.progress = progress
            said = await download.run()
            progress.says = "verifying"
            sha256 = await asyncio.to_thread(checksum.sha256_of, download.part)
            if (expected := wanted or said) is not None and sha256 != expected:
                raise ChecksumWrong(f"The file has the checksum {sha256}; {expected} was {_by(wanted)}.")
            draft = free_name(own, payload["name"] or _name(url))
            download.part.replace(draft)
            await files.check(draft)
            file = free_name(self._folder, draft.name)
            placed = {"file": file.name, "sha256": sha256, "verified": _verified(wanted, said)}
            # Said before it is done: a process that ends between the two finds the file where it went.
            (own / "placed.json").write_text(json.dumps(placed))
            draft.replace(file)
        info = await files.add(file)
        await self._registry.refresh()
        return {"model": info.ref, "sha256": placed["sha256"], "verified": placed["verified"], "says": "done"}

    async def _job(self, scope: Scope, pull_id: str) -> JobView:
        try:
            job = await self._jobs.get(scope, pull_id)
        except JobNotFound as error:
            raise PullNotFound from error
        if job.kind != KIND:
            raise PullNotFound
        return job

    def _own(self, job_id: str) -> Path:
        return self._folder / f".pull-{job_id}"

    def _view(self, job: JobView) -> PullView:
        known: dict[str, Any] = {**(job.progress or {}), **self._ended.get(job.id, {})}
        if (live := self._live.get(job.id)) is not None:
            known |= _shown(live)
        failed = job.error if job.state in ("failed", "queued") else None
        return PullView(
            id=job.id,
            source=_public(job.payload["source"]),
            state=job.state,  # type: ignore[arg-type]  # what the runner stores
            says=known.get("says"),
            done_bytes=known.get("done", 0),
            total_bytes=known.get("of"),
            attempts=job.attempts,
            model=known.get("model"),
            sha256=known.get("sha256"),
            verified=known.get("verified"),
            code=failed,
            detail=None if failed is None else known.get("detail") or _sentence(failed),
            created_at=clock.iso(clock.to_milliseconds(job.created_at)),
            finished_at=None if job.finished_at is None else clock.iso(clock.to_milliseconds(job.finished_at)),
        )


async def _tell(task: Task, progress: Progress) -> None:
    while True:
        await asyncio.sleep(_TELL_SECONDS)
        await task.progress(_shown(progress))


def _shown(progress: Progress) -> dict[str, Any]:
    return {"says": progress.says, "done": progress.done, "of": progress.of}


def _reached(source: str) -> str:
    """Return the address that a source makes this machine connect to; raises PullSourceInvalid."""
    if source.startswith(OLLAMA) and source != OLLAMA:
        return OLLAMA_LIBRARY
    with suppress(ValueError):
        parts = urlsplit(source)
        if parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc and parts.port != 0:
            return source
    raise PullSourceInvalid


def _public(source: str) -> str:
    return source if source.startswith(OLLAMA) else source.partition("?")[0]


def _name(url: str) -> str:
    return unquote(urlsplit(url).path.rpartition("/")[2]) or "model.gguf"


def _verified(wanted: str | None, said: str | None) -> str:
    return "person" if wanted else "server" if said else "no"


def _by(wanted: str | None) -> str:
    return "given for it" if wanted else "said by the server"


def _sentence(code: str) -> str | None:
    error = declared().get(code)
    return None if error is None else error().message


def _read(path: Path) -> dict[str, Any] | None:
    try:
        value: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return value
