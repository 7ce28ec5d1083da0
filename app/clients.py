"""Who asks, as the limits count: an address, or one of a class that has joined by its token.

A class behind one address would share that address's limits. A student whose browser has brought a class token is counted alone: a cookie
names the student by a random number, sealed with the token so that only those who have it can make one.
"""

import hmac
import ipaddress
import secrets
from collections.abc import Iterable
from hashlib import blake2b

COOKIE = "gradlight_class"


def of_address(host: str) -> str:
    """The client at an address: of IPv6 its first 64 bits, for one person has all of them."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if address.version == 4:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)


def admitted(token: str, tokens: Iterable[str]) -> str | None:
    """The cookie of a new student of the class whose token this is; None where it is no class's."""
    found = None
    for known in tokens:  # all are compared, so that time tells nothing
        if hmac.compare_digest(known.encode(), token.encode()):
            found = known
    if found is None:
        return None
    student = secrets.token_hex(8)
    return f"{student}.{seal(student, found)}"


def of_cookie(cookie: str, tokens: Iterable[str]) -> str | None:
    """The client that a cookie of ours names; None where it is none of ours."""
    student, _, sealed = cookie[:100].partition(".")
    for token in tokens:
        if hmac.compare_digest(seal(student, token).encode(), sealed.encode()):
            return f"student {student}"
    return None


def seal(student: str, token: str) -> str:
    return blake2b(student.encode(), key=token.encode()[:64], digest_size=16, person=b"gradlight class").hexdigest()
