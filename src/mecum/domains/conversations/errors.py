"""What can go wrong with a conversation."""

from mecum.kernel.errors import Conflict, Invalid, Limit, NotFound


class ConversationNotFound(NotFound):
    """There is no such conversation."""

    code = "conversation.not_found"


class ConversationInTrash(ConversationNotFound):
    """This conversation was deleted and is in the trash; restore it to see it again."""

    code = "conversation.in_trash"


class MessageNotFound(NotFound):
    """There is no such message."""

    code = "message.not_found"


class SummaryNotFound(NotFound):
    """There is no such summary."""

    code = "summary.not_found"


class FileNotFound(NotFound):
    """There is no such file."""

    code = "file.not_found"


class FileTooLarge(Limit):
    """The file is larger than this server accepts."""

    code = "file.too_large"


class FileEmpty(Invalid):
    """The file is empty."""

    code = "file.empty"


class MessageNotEditable(Conflict):
    """Only a message that still waits for its answer can be changed; editing another one makes a branch."""

    code = "message.not_editable"


class MessageEmpty(Invalid):
    """The message has neither text nor a file."""

    code = "message.empty"


class MessageTooLarge(Limit):
    """The message is larger than this server accepts; attach it as a file instead."""

    code = "message.too_large"


class MessageUnstorable(Invalid):
    """The text holds a NUL character or half a surrogate pair, which cannot be stored exactly."""

    code = "message.unstorable"


class NotAConversation(Invalid):
    """This is not a conversation in the named format."""

    code = "conversation.unreadable"


class ConversationBusy(Conflict):
    """An answer is being written in this conversation; stop it first."""

    code = "conversation.busy"


class BatchNotFound(NotFound):
    """There is no such change of many conversations, or it was made more than 30 days ago."""

    code = "conversation.batch_not_found"


class BatchUndone(Conflict):
    """This change of many conversations was undone already."""

    code = "conversation.batch_undone"


class TooManyTags(Limit):
    """A conversation has at most 30 tags."""

    code = "conversation.too_many_tags"
