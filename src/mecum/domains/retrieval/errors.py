"""What can be wrong with a question."""

from mecum.kernel.errors import Invalid


class FilterInvalid(Invalid):
    """A filter of this search cannot be read."""

    code = "search.filter"


class ZoneUnknown(Invalid):
    """There is no such time zone."""

    code = "search.zone"
