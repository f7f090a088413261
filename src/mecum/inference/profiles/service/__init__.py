"""Profiles as a person keeps them, and what becomes of those they remove."""

from mecum.inference.profiles.service.profiles import ProfileService
from mecum.inference.profiles.service.removal import ProfileRemoval, Removed
from mecum.inference.profiles.service.stored import FOLDER, Keeper, Owner, Stored

__all__ = ["FOLDER", "Keeper", "Owner", "ProfileRemoval", "ProfileService", "Removed", "Stored"]
