"""Reading and writing profiles that are rows, and which ones are active."""

from mecum.inference.profiles.repository.active import ActiveProfiles
from mecum.inference.profiles.repository.profiles import ProfileRepository

__all__ = ["ActiveProfiles", "ProfileRepository"]
