"""The routes of transfer: single conversations, and imports of whole records.

Those of backups are in a module that is loaded when they are asked for.
"""

from mecum.domains.transfer.http.copies import REPORT_HEADER, headers_of, router
from mecum.domains.transfer.http.imports import router as imports_router

__all__ = ["REPORT_HEADER", "headers_of", "imports_router", "router"]
