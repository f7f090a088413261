"""The one door out: every byte that leaves the process for a network goes through here."""

from mecum.infra.net.calls import (
    CertificateInvalid,
    EgressGate,
    EndedEarly,
    Flow,
    NetUnavailable,
    Outgoing,
    PrivateAddressRefused,
    Receiver,
    Response,
)
from mecum.infra.net.client import Net

__all__ = [
    "CertificateInvalid",
    "EgressGate",
    "EndedEarly",
    "Flow",
    "Net",
    "NetUnavailable",
    "Outgoing",
    "PrivateAddressRefused",
    "Receiver",
    "Response",
]
