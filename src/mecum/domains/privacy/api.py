"""What other contexts may use of privacy."""

from mecum.domains.privacy.errors import EgressDenied
from mecum.domains.privacy.service import EgressPolicy

__all__ = ["EgressDenied", "EgressPolicy"]
