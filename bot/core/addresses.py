"""Internet addresses, as far as they tell one household from another."""

from __future__ import annotations

import ipaddress


def network_of(address: str) -> str:
    """One household has one IPv4 address, or a /64 of IPv6; what is no address stays as it is."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address
