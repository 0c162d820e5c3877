"""Who sent a request, where it came through proxies."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def sender(peer: str, forwarded: str, proxies: Sequence[Network]) -> str:
    """Return the address of who sent a request; empty where it can't be known.

    `peer` is who is connected with us, `forwarded` is X-Forwarded-For, to which each proxy adds whom it heard. An
    address in it is believed when it was one of `proxies` that added it: what others wrote before it is not read.
    Proxies are named, and not counted as Werkzeug's ProxyFix does: else who goes around the proxy is believed too.
    """
    at = _address(peer)
    hops = forwarded.split(",") if forwarded else []
    while at and hops and any(at in proxy for proxy in proxies):
        at = _address(hops.pop().strip())
    return str(at or "")


def _address(said: str) -> Address | None:
    if said.startswith("["):
        said = said[1:].partition("]")[0]
    elif said.count(":") == 1:
        # Some balancers add the port.
        said = said.partition(":")[0]
    try:
        address = ip_address(said)
    except ValueError:
        return None
    # What listens on both kinds of address sees 192.0.2.1 as ::ffff:192.0.2.1.
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address
