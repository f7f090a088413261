"""Bringing in and writing out; backups are in a module of their own that is loaded when it is needed."""

from mecum.domains.transfer.service.copies import Export, Format, TransferService

__all__ = ["Export", "Format", "TransferService"]
