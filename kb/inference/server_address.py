"""Which addresses a server may have, and which machines they lead to: this one alone, unless others are allowed."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from kb.errors import ModelUnavailable

DEFAULT_PATH = "/v1"
"""Where such a server has what we ask for, when its address says nothing."""

LONGEST_SHOWN = 200
"""Characters of a text of others that are shown."""

_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
_PATH = re.compile(r"[\w./~%:@!$&'()*+,;=-]*", re.ASCII)

Place = tuple[int, tuple[str | int | bytes, ...]]
"""A socket's family and address."""


@dataclass(frozen=True, slots=True)
class Address:
    """A server's checked address. `host` has no brackets; `path` begins every request's; with `local`, only this
    machine may be behind it.
    """

    secure: bool
    host: str
    port: int
    path: str
    local: bool

    @property
    def authority(self) -> str:
        """The host and port as the header Host has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS["https" if self.secure else "http"] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address as a URL, without anything that was left out by the checks."""
        return f"http{'s' if self.secure else ''}://{self.authority}{self.path}"


def checked_address(url: str, allow_remote: bool = False) -> Address:
    """Return the address that a URL means; asks nobody (pure).

    A host is an IP address of this machine or `localhost`, any other only where that is allowed. Without a path it
    is `/v1`; a path is taken as it is, less `/chat/completions`. Raises ModelUnavailable, reason "server_address",
    "server_credentials" or "server_remote".
    """
    text = url.strip()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise refused("server_address", url) from error
    if "@" in parts.netloc:
        raise refused("server_credentials", url)
    host = _host(parts.hostname or "")
    if "[" in parts.netloc and ":" not in host:  # brackets are for IPv6 alone
        host = ""
    path = parts.path.rstrip("/").removesuffix("/chat/completions").rstrip("/")
    odd = parts.scheme not in _PORTS or not host or port == 0 or parts.query or parts.fragment
    if odd or text[-1] in "?#" or not text.isprintable() or not _PATH.fullmatch(path):
        raise refused("server_address", url)
    mine = _is_localhost(host) or _is_loopback(host)
    if not mine and not allow_remote:
        raise refused("server_remote", url)
    return Address(parts.scheme == "https", host, port or _PORTS[parts.scheme], path or DEFAULT_PATH, mine)


def places(address: Address) -> tuple[Place, ...]:
    """Return where an address's host is, as the system's resolver says, each place once.

    Raises ModelUnavailable, reason "server_name" when nobody knows the name, "server_remote" when one of the places
    is another machine and only this one may be meant.
    """
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise refused("server_name", address.url) from error
    told = tuple(dict.fromkeys((int(family), place) for family, _, _, _, place in found))
    if address.local and not all(_is_loopback(str(place[0])) for _, place in told):
        raise refused("server_remote", address.url)
    return told


def shown(url: str) -> str:
    """Return a URL as it can be shown: nothing that may be a secret (a name, a password, a query), one short line."""
    return short(re.sub(r"//[^/?#]*@", "//…@", re.sub(r"[?#].*", "", url, flags=re.DOTALL)))


def short(text: str) -> str:
    """Return a text of others as one short line without control characters."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text[: 4 * LONGEST_SHOWN]).split())
    return line if len(line) <= LONGEST_SHOWN else line[: LONGEST_SHOWN - 1] + "…"


def refused(reason: str, url: str) -> ModelUnavailable:
    """Return the error of an address."""
    return ModelUnavailable(model=shown(url), reason=reason, url=shown(url))


def _host(name: str) -> str:
    """Return a host as it is resolved: an IP address or a name in lower case, "" where it is neither."""
    try:
        return str(ipaddress.ip_address(name)) if "%" not in name else ""
    except ValueError:
        pass
    try:
        plain = name.lower().encode("ascii" if name.isascii() else "idna").decode()
    except UnicodeError:
        return ""
    return plain if _NAME.fullmatch(plain) else ""


def _is_localhost(host: str) -> bool:
    """Say whether a name is this machine's by its meaning (RFC 6761, 6.3)."""
    return host.rstrip(".") == "localhost" or host.rstrip(".").endswith(".localhost")


def _is_loopback(host: str) -> bool:
    """Say whether an IP address is of this machine alone, also one of IPv4 written as one of IPv6."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback
