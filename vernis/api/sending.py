"""Sending a message to an address that somebody has typed: to the outside only, within a time, following nothing.

The name is resolved here, every address it means is looked at, and the connection goes to the address that was looked
at: a name that means something else a moment later leads nowhere else.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpcore

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WITHIN = 15.0  # seconds, for everything
CONNECT_WITHIN = 5.0


class NotSent(Exception):
    """No answer: `fault` is a word for the log."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True)
class Sent:
    """An answer."""

    status: int


def send(
    url: str, body: bytes, headers: Mapping[str, str], *, allow_private: bool = False, within: float = WITHIN
) -> Sent:
    """POST a body; the answer's own body is not read. Raises NotSent."""
    backend = _Outside(allow_private=allow_private, until=time.monotonic() + within)
    with httpcore.ConnectionPool(
        ssl_context=ssl.create_default_context(), network_backend=backend, max_keepalive_connections=0, retries=0
    ) as pool:
        try:
            with pool.stream("POST", url, headers=list(headers.items()), content=body) as answer:
                return Sent(answer.status)
        except httpcore.TimeoutException:
            raise NotSent("too-slow") from None
        except httpcore.ConnectError as error:
            is_tls = isinstance(error.__cause__ or error.__context__, ssl.SSLError)
            raise NotSent("no-certificate" if is_tls else "no-connection") from None
        except (httpcore.NetworkError, httpcore.ProtocolError):
            raise NotSent("cut") from None
        except (httpcore.UnsupportedProtocol, ValueError, UnicodeError):
            raise NotSent("bad-address") from None


def is_outside(address: str) -> bool:
    """Tell whether an address is one of the internet: not this machine, not its network, nothing special."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None:
            found = inner
        elif found in _NAT64:
            found = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return found.is_global and not found.is_multicast and not found.is_reserved


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class _Outside(httpcore.NetworkBackend):
    def __init__(self, *, allow_private: bool, until: float) -> None:
        self.allow_private, self.until, self.inner = allow_private, until, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise NotSent("no-such-host") from None
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        if not self.allow_private and not all(is_outside(address) for address in addresses):
            raise NotSent("private-address")
        wait = min(CONNECT_WITHIN, _left(self.until))
        return _Limited(self.inner.connect_tcp(addresses[0], port, wait, local_address), self.until)


class _Limited(httpcore.NetworkStream):
    """A stream that ends in time, however slowly the other side speaks."""

    def __init__(self, inner: httpcore.NetworkStream, until: float) -> None:
        self.inner, self.until = inner, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.inner.read(max_bytes, _left(self.until))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.inner.write(buffer, _left(self.until))

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Limited(self.inner.start_tls(ssl_context, server_hostname, _left(self.until)), self.until)

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left
