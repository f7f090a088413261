"""Bringing in and writing out; backups are in a module of their own that is loaded when it is needed."""

from mecum.domains.transfer.service.copies import Export, Format, TransferService
from mecum.domains.transfer.service.imports import ImportService

__all__ = ["Export", "Format", "ImportService", "TransferService"]
