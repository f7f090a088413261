"""What can go wrong with an export or an import."""

from mecum.kernel.errors import Invalid


class NotAConversation(Invalid):
    """This is not a conversation in the named format."""

    code = "transfer.unreadable"
