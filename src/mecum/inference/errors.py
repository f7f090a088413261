"""What can go wrong with a model, in four vendor-neutral kinds, translated once, in the integration."""

from typing import Final

from mecum.kernel.errors import Conflict, Denied, Invalid, Limit, NotFound, Unavailable


class ModelUnavailable(Unavailable):
    """The model does not answer now."""

    code = "model.unavailable"


class ModelCrashed(ModelUnavailable):
    """The model's process ended in the middle of the answer."""

    code = "model.crashed"


class ModelSilent(ModelUnavailable):
    """The model was asked and said nothing in the time it has while another one could answer."""

    code = "model.silent"


class NotAModelServer(ModelUnavailable):
    """What answers at this address is no model server: a web page, or something else."""

    code = "model.not_a_server"


class AnswerCutShort(ModelUnavailable):
    """The model's server broke off in the middle of its answer."""

    code = "model.cut_short"


class ErrorInside(ModelUnavailable):
    """The model's server said that all is well, and sent an error in place of an answer."""

    code = "model.error_inside"


class ServerUnproven(ModelUnavailable):
    """The model's server does not prove who it is: its certificate is not valid."""

    code = "model.certificate_invalid"


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


class ModelAmbiguous(ModelNotFound):
    """Several models bear this name; name one by its server too, as in `ollama/llama3.1:8b`."""

    code = "model.ambiguous"


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


class PullNotFound(NotFound):
    """There is no such pull, or it is over."""

    code = "pull.not_found"


class PullSourceInvalid(Invalid):
    """A pull takes the http or https address of a GGUF file, or `ollama:` and a name."""

    code = "pull.source_invalid"


class PullFailed(Unavailable):
    """The server does not give the file out now."""

    code = "pull.failed"


class PullRefused(Invalid):
    """The server refuses to give the file out."""

    code = "pull.refused"


class PullUnproven(Denied):
    """The server of the file does not prove who it is: its certificate is not valid."""

    code = "pull.certificate_invalid"


class PullRedirected(Denied):
    """The server sends on to a host that was not named; name it with the pull."""

    code = "pull.redirected"


class PullTooLarge(Invalid):
    """The file is larger than `MECUM_MODELS__MAX_PULL_GB` allows."""

    code = "pull.too_large"


class NoRoomOnDisk(Invalid):
    """There is not enough room on the disk of the models folder."""

    code = "pull.no_room"


class ChecksumWrong(Invalid):
    """The file is not the one that was meant: its checksum is another."""

    code = "pull.checksum_wrong"


class NotAModelFile(Invalid):
    """This is not a GGUF file."""

    code = "model.not_a_model_file"


class SwapOff(Conflict):
    """Models are chosen at the start: the configuration has to allow `hot_swap` first."""

    code = "model.swap_off"


class RoleNotSplit(Conflict):
    """This role has no two models to choose from by difficulty."""

    code = "role.not_split"


class NoticeNotFound(NotFound):
    """There is no such notice; what it said may be mended."""

    code = "notice.not_found"


class NotLoadable(Invalid):
    """Where this model runs is not for Mecum to load or unload."""

    code = "model.not_loadable"


DID_NOT_BEGIN: Final = (ModelUnavailable, ModelLimited, ModelAuthFailed, ModelNotFound)
"""Why a model may not begin to answer, so that another one can; everything else is the request's own fault."""
