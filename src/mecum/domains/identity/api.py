"""What other rooms may use of identity."""

from collections.abc import Collection

from mecum.domains.identity.errors import AuthFailed, OwnerOnly, TooManyAttempts
from mecum.domains.identity.repository import IdentityRepository
from mecum.domains.identity.rules import OWNER, cookie_name, new_token
from mecum.domains.identity.service import PROOF, Authenticator, IdentityService, Passwords, Proof
from mecum.domains.identity.service.people import require_owner
from mecum.infra.storage import Database, Scope

__all__ = [
    "OWNER",
    "PROOF",
    "AuthFailed",
    "Authenticator",
    "IdentityService",
    "OwnerOnly",
    "Proof",
    "TooManyAttempts",
    "build",
    "cookie_name",
    "names_of",
    "new_token",
    "require_owner",
]


async def names_of(scope: Scope, person_ids: Collection[str]) -> dict[str, str]:
    """Return the names of people of one's own organisation, by id."""
    return await IdentityRepository().names(scope, person_ids) if person_ids else {}


def build(database: Database, csrf_key: bytes) -> tuple[IdentityService, Authenticator]:
    """Return the service and what verifies requests; `csrf_key` is 32 bytes that outlive the process."""
    authenticator = Authenticator(database, csrf_key)
    return IdentityService(authenticator, Passwords()), authenticator
