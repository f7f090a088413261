"""Which of the models there are answers: chosen for a reason that is said."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from mecum.inference.capabilities import ModelCapabilities
from mecum.inference.endpoints import Endpoints, make_room
from mecum.inference.errors import ModelNotFound, ModelRefused, ModelUnavailable
from mecum.inference.ports import ChatModel, ModelInfo, Provider
from mecum.inference.selection.fitting import Fitting, fittings
from mecum.inference.selection.mapper import Selection
from mecum.inference.selection.resources import Resources
from mecum.inference.selection.rules import Policy
from mecum.inference.selection.selecting import Selector
from mecum.inference.windows import UNKNOWN, Window, as_learned, window_of

_Asked = tuple[str | None, bool, bool, Policy | None, bool | None]


@dataclass(frozen=True, slots=True)
class Choice:
    """A model that will answer, and why it."""

    info: ModelInfo
    model: ChatModel
    reason: str
    temperature: float | None = None
    """What a person set for the role it fills; a request may say another."""
    window: Window = UNKNOWN
    """How much it reads at once."""
    selection: Selection | None = None
    """What was considered, where a role was asked for; None where the model was named."""
    instead_of: str | None = None
    """The model it stands in for, which did not begin to answer."""


class Registry(Endpoints):
    """The endpoints, and what is chosen of their models.

    `resources` reads what the machine has left, `failing` which models only failed lately and how; they are asked when
    models are looked for, never when one is chosen.
    """

    def __init__(
        self,
        providers: Sequence[Provider] = (),
        selector: Selector | None = None,
        resources: Callable[[], Awaitable[Resources]] | None = None,
        failing: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        super().__init__(providers)
        self.selector = selector or Selector()
        self._resources, self._failing = resources, failing
        self._choices: dict[_Asked, Choice] = {}
        """What was chosen since the models last changed: every turn asks, several times."""
        self._windows: dict[str, Window] = {}
        self._learned: dict[str, int] = {}
        """How many tokens a model's server said it takes when it refused more."""

    async def refresh(self, *, everywhere: bool = False, anew: bool = False) -> list[ModelInfo]:
        """Ask every endpoint what it has; one that does not answer keeps its models, marked as not available.

        By itself only on this machine: an endpoint beyond it is asked when a person wants it (`everywhere`), and once
        before the first choice that may need it. When a person asks for it or adds a model (`anew`), roles do not keep
        what they were given before.
        """
        before = self.models()
        await self._ask_all(everywhere=everywhere)
        if self._resources is not None and self.selector.consider(await self._resources(), self._failing()):
            self._choices.clear()
        if everywhere or anew:
            self.selector.release()
            self._forget_models()
        after = self.models()
        if after != before:
            self._tell()
        self.notice_gaps()
        return after

    def notice_gaps(self) -> None:
        """Fill the roles a person should hear of before anybody asks, so that what is lacking is noticed."""
        self._keep_up()
        for role in self.selector.watched() if self._asked_all() else ():
            self.selection(role)

    def choose(
        self,
        wanted: str | None = None,
        *,
        vision: bool = False,
        real: bool = False,
        policy: Policy | None = None,
        hard: bool | None = None,
    ) -> Choice:
        """Return the model for `wanted`: a reference, `role:NAME`, or None for the role chat.

        `real` leaves the built-in responder out; `policy` is what this one request may be sent to, where a role is
        asked for, in place of what holds for all; `hard` whether its question is, for a role that asks. Raises
        ModelNotFound, or ModelUnavailable when nothing can answer now.
        """
        self._keep_up()
        asked = (wanted, vision, real, policy, hard)
        known = self._choices.get(asked)
        if known is None:
            known = self._chosen(*asked)
            make_room(self._choices)
            self._choices[asked] = known
        return known

    def selection(
        self,
        role: str,
        *,
        vision: bool = False,
        real: bool = False,
        policy: Policy | None = None,
        hard: bool | None = None,
    ) -> Selection:
        """Return which model fills a role and why each other one does not; raises ModelNotFound for an unknown role."""
        self._keep_up()
        keep = self._asked_all()
        return self.selector.select(
            role,
            self.models(),
            vision=vision,
            real=real,
            keep=keep,
            policy=policy,
            hard=hard,
            silent=self.silences(),
        )

    def roles(self) -> list[str]:
        """Return the roles there are: the built-in ones, then a person's own by name."""
        self._keep_up()
        return self.selector.roles()

    def capabilities(self, info: ModelInfo) -> ModelCapabilities:
        """Return what is known of a model that is listed here."""
        self._keep_up()
        return next(one.capabilities for one in self.selector.candidates(self.models()) if one.info.ref == info.ref)

    def fittings(self) -> dict[str, Fitting]:
        """Return by reference whether each model could be loaded now."""
        self._keep_up()
        return fittings(self.selector.candidates(self.models()), self.selector.resources)

    def chosen(self, info: ModelInfo, reason: str, temperature: float | None = None) -> Choice:
        """Return the choice of a model that somebody else chose."""
        return Choice(info, self.model(info), reason, temperature, self.window(info))

    def window(self, info: ModelInfo) -> Window:
        """Return how much a model reads at once."""
        self._keep_up()
        known = self._windows.get(info.ref)
        if known is None:
            make_room(self._windows)
            known = window_of(info, self.selector.known(info, self.models()))
            known = self._windows[info.ref] = as_learned(known, self._learned.get(info.ref))
        return known

    def learn_window(self, info: ModelInfo, tokens: int) -> None:
        """Take it that a model's server takes no more than so many tokens at once, as it says; until a restart."""
        make_room(self._learned)
        self._learned[info.ref] = tokens
        self.selector.learn_window(info.ref, tokens)
        self._choices.clear()
        self._windows.clear()

    def _chosen(self, wanted: str | None, vision: bool, real: bool, policy: Policy | None, hard: bool | None) -> Choice:
        if wanted is None or wanted.startswith("role:"):
            role = (wanted or "role:chat").removeprefix("role:")
            found = self.selection(role, vision=vision, real=real, policy=policy, hard=hard)
            if policy is None and self._asked_all():
                self.selector.note((role, vision, real), found)
            return self._filled(role, found)
        if wanted.startswith("assistant:"):
            raise ModelNotFound(f"There is no assistant {wanted.removeprefix('assistant:')!r}.")
        info = self.find(wanted)
        if info is None:
            info = self._unlisted(wanted)
        if info.kind != "chat":
            raise ModelRefused(f"{info.ref} is no model that answers: it is a {info.kind}.", parameter="model")
        if not info.available:
            raise ModelUnavailable(self.absence(info))
        return self.chosen(info, "You chose it.")

    def _filled(self, role: str, found: Selection) -> Choice:
        if found.chosen is None:
            raise ModelUnavailable(found.reason)
        info = self._models[found.chosen.partition("/")[0]][found.chosen]
        temperature = self.selector.temperature(role, info, self.models())
        return replace(self.chosen(info, found.reason, temperature), selection=found)

    def _keep_up(self) -> None:
        """Forget what rests on a configuration or policy that holds no longer."""
        if not self.selector.current():
            self._choices.clear()
            self._windows.clear()

    def _choose_anew(self) -> None:
        self._choices.clear()

    def _forget_models(self) -> None:
        super()._forget_models()
        self._choices.clear()
        self._windows.clear()
        self.selector.forget()
