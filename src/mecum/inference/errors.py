"""What can go wrong with a model, in four vendor-neutral kinds, translated once, in the integration."""

from mecum.kernel.errors import Conflict, Denied, Invalid, Limit, NotFound, Unavailable


class ModelUnavailable(Unavailable):
    """The model does not answer now."""

    code = "model.unavailable"


class ModelCrashed(ModelUnavailable):
    """The model's process ended in the middle of the answer."""

    code = "model.crashed"


class AnswerOffSchema(ModelUnavailable):
    """The answer does not keep to the schema that was asked for; ask again, or another model."""

    code = "model.off_schema"


class ModelRefused(Invalid):
    """The model's server refused this request."""

    code = "model.refused"


class ModelLimited(Limit):
    """The model's server asks to slow down."""

    code = "model.limited"


class ModelAuthFailed(Denied):
    """The model's server did not accept the key."""

    code = "model.auth_failed"


class ModelNotFound(NotFound):
    """There is no such model here."""

    code = "model.not_found"


class NoEmbedder(Unavailable):
    """No model here makes vectors: pull one into Ollama, add a GGUF file of one, or name one as `endpoint/name`."""

    code = "model.no_embedder"


class ContextTooLong(Invalid):
    """The message does not fit the model's context window."""

    code = "model.context_too_long"


class EndpointNotFound(NotFound):
    """There is no such endpoint."""

    code = "endpoint.not_found"


class EndpointExists(Conflict):
    """There is an endpoint of that name already."""

    code = "endpoint.exists"


class ModelFileElsewhere(Denied):
    """Only a caller on the server's own machine may name a file of it."""

    code = "model.file_elsewhere"


class NotAModelFile(Invalid):
    """This is not a GGUF file."""

    code = "model.not_a_model_file"
