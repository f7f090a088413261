"""What is known of a model server by its name, so that a person gives a key and no address."""

from dataclasses import dataclass

from mecum.inference.settings import Wire


@dataclass(frozen=True, slots=True)
class Manifest:
    """A model server as its vendor documents it; a folder of `integrations` has one."""

    name: str
    """What its endpoint is called: the first part of its models' references."""
    title: str
    """What people call it."""
    base_url: str
    wire: Wire = "openai"
    key_variable: str | None = None
    """The environment variable its vendor's own programs read the key from."""
    priced_as: str | None = None
    """What the table of prices calls it, where that does not know its address."""
    also: tuple[str, ...] = ()
    """What else an older configuration may call it."""
