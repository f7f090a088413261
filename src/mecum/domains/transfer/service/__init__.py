"""Bringing in and writing out."""

from mecum.domains.transfer.service.copies import Export, Format, TransferService
from mecum.domains.transfer.service.imports import ImportService

__all__ = ["Export", "Format", "ImportService", "TransferService"]
