"""What can be done with persons, sessions and keys."""

from mecum.domains.identity.service.authenticator import PROOF, Authenticator, Proof
from mecum.domains.identity.service.passwords import Attempts, Passwords
from mecum.domains.identity.service.people import IdentityService, NewKey, NewSession

__all__ = [
    "PROOF",
    "Attempts",
    "Authenticator",
    "IdentityService",
    "NewKey",
    "NewSession",
    "Passwords",
    "Proof",
]
