"""What other contexts may use of privacy."""

from mecum.domains.privacy.errors import ConsentFromSettings, EgressDenied, PlaceUnknown
from mecum.domains.privacy.rules import Mode
from mecum.domains.privacy.service import EgressPolicy, PrivacyService

__all__ = ["ConsentFromSettings", "EgressDenied", "EgressPolicy", "Mode", "PlaceUnknown", "PrivacyService"]
