"""What can go wrong with bytes."""

from mecum.kernel.errors import Internal, Limit


class BlobTooLarge(Limit):
    """More bytes than this server accepts at once."""

    code = "blob.too_large"


class BlobMissing(Internal):
    """The bytes are not where they should be; a backup may still have them."""

    code = "blob.missing"


class BlobDamaged(Internal):
    """The stored bytes were altered, or belong to something else."""

    code = "blob.damaged"
