"""The routes of transfer: single conversations; those of backups are in a module that is loaded when they are asked."""

from mecum.domains.transfer.http.copies import REPORT_HEADER, headers_of, router

__all__ = ["REPORT_HEADER", "headers_of", "router"]
