"""The services of privacy: what may leave, and what was decided and what left as a person sees it."""

from mecum.domains.privacy.service.policy import EgressPolicy
from mecum.domains.privacy.service.privacy import PrivacyService

__all__ = ["EgressPolicy", "PrivacyService"]
