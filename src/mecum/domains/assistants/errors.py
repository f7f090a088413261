"""What can go wrong with an assistant or a prompt."""

from mecum.kernel.errors import Conflict, Invalid, NotFound


class AssistantNotFound(NotFound):
    """There is no such assistant."""

    code = "assistant.not_found"


class AssistantConflict(Conflict):
    """This was changed meanwhile; `current` is what it is now."""

    code = "assistant.conflict"


class SlugTaken(Conflict):
    """Another assistant, which may be in the trash, has this slug, or it means something else in addresses."""

    code = "assistant.slug_taken"


class AssistantCircle(Invalid):
    """No assistant can be its own parent or mentor, nor that of one it comes from."""

    code = "assistant.circle"


class FieldUnwritable(Invalid):
    """This field is not changed by hand: it is measured, or follows from what is done with the assistant."""

    code = "assistant.field_unwritable"


class FieldInvalid(Invalid):
    """A field does not take this value."""

    code = "assistant.field_invalid"


class PictureRefused(Invalid):
    """A picture is a PNG, JPEG, GIF or WebP of at most 8 MB."""

    code = "assistant.picture_refused"


class PictureNotFound(NotFound):
    """The assistant has no picture that is kept here."""

    code = "assistant.picture_not_found"


class ShareInvalid(Invalid):
    """A share is a whole number from 0 to 100."""

    code = "assistant.share_invalid"


class VersionNotFound(NotFound):
    """The assistant has no such version."""

    code = "assistant.version_not_found"


class PromptNotFound(NotFound):
    """There is no such prompt, or no such version of it."""

    code = "prompt.not_found"


class StarterNotFound(NotFound):
    """There is no starter of this name."""

    code = "assistant.starter_not_found"
