"""What can be wrong with a configuration; each kind of mistake in a file has a code of its own."""

from mecum.kernel.errors import Conflict, Invalid, Limit, NotFound, Unavailable


class ConfigurationInvalid(Invalid):
    """Several things are wrong with this configuration."""

    code = "config.invalid"


class SyntaxBroken(Invalid):
    """The text is neither JSON nor YAML that can be read."""

    code = "config.syntax"


class DuplicateKey(Invalid):
    """A name stands twice in the same object, and only one of the two could count."""

    code = "config.duplicate_key"


class UnknownKey(Invalid):
    """The configuration has no such key."""

    code = "config.unknown_key"


class UnknownCapability(Invalid):
    """Models have no such capability."""

    code = "config.unknown_capability"


class WrongType(Invalid):
    """The value is of another type than its key wants."""

    code = "config.wrong_type"


class OutOfRange(Invalid):
    """The value lies outside of what is allowed."""

    code = "config.out_of_range"


class MissingKey(Invalid):
    """A key that must be there is missing."""

    code = "config.missing_key"


class UnknownVersion(Invalid):
    """This version of the configuration is newer than this Mecum."""

    code = "config.unknown_version"


class SameModelTwice(Invalid):
    """The strong and the weak model of a role are the same one."""

    code = "config.same_model"


class CyclicFallback(Invalid):
    """Fallbacks lead back to the model they began with."""

    code = "config.cyclic_fallback"


class EmptyPool(Invalid):
    """A pool needs at least one model."""

    code = "config.empty_pool"


class NamesNoModel(Invalid):
    """A profile must name at least one model."""

    code = "config.names_no_model"


class SecretInFile(Invalid):
    """Keys do not belong into a configuration; the key store keeps them sealed."""

    code = "config.secret_in_file"


class SimilarRole(Invalid):
    """A role of one's own is called almost like one that exists."""

    code = "config.similar_role"


class ModelNotHere(NotFound):
    """No model that is here bears this name, or several do."""

    code = "config.model_not_here"


class TooDeep(Invalid):
    """The text is nested more deeply than any configuration is."""

    code = "config.too_deep"


class ConfigurationTooLarge(Limit):
    """A configuration may not be as large as this."""

    code = "config.too_large"


class ConfigurationUnreadable(Unavailable):
    """The file cannot be read or written."""

    code = "config.unreadable"


class ConfigurationChanged(Conflict):
    """The file was changed meanwhile; look at it again before saving."""

    code = "config.changed"


class NoSuchFile(NotFound):
    """There is no configuration file of that name."""

    code = "config.no_such_file"


class NoSuchKey(NotFound):
    """No level of the configuration knows this key."""

    code = "config.no_such_key"


class ActiveProfileGone(NotFound):
    """The file of the active profile is not there any more."""

    code = "config.profile_gone"
