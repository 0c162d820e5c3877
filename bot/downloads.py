"""Fetch the bytes of a file that somebody put into Slack: from Slack's own hosts alone, and not without end."""

import time
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from bot.gateway import NotThere, SlackGateway
from enablement.language import _, marked
from enablement.model import Fetched
from enablement.ports import CannotFetch, TryLater, Undeliverable

TIMEOUT_S = 10
DOWNLOAD_LASTS_S = 90
_CHUNK = 1 << 20
_DELETED = marked("This file is no longer in Slack. Send it again.")
_UNSEEN = marked(
    "I can't see this file. Send it to me in a direct message, or invite me to the channel it is in."
)
_ELSEWHERE = marked(
    "This file is only linked from Slack and lies elsewhere. Download it and send me the file itself."
)
_SIGN_IN = marked(
    "Slack gave me a page to sign in instead of the file. Ask your Slack administrator to reinstall the app."
)
_NOT_SLACKS = marked("Slack named an address for this file that is not Slack's own, so I did not fetch it.")


def describe(gateway: SlackGateway, file_id: str) -> Mapping[str, Any]:
    """Return what Slack says of a file that can be fetched; raises CannotFetch or TryLater."""
    try:
        file = gateway.file(file_id)
    except NotThere as error:
        raise CannotFetch(_(_DELETED if "deleted" in str(error) else _UNSEEN)) from error
    except Undeliverable as error:
        raise CannotFetch(_("Slack won't show me this file ({error}).", error=error)) from error
    if file.get("mode") == "tombstone":
        raise CannotFetch(_(_DELETED))
    if file.get("is_external") or not _address(file):
        raise CannotFetch(_(_ELSEWHERE))
    return file


def fetch(gateway: SlackGateway, file_id: str, *, most: int) -> Fetched:
    """Return a file of at most so many bytes; raises CannotFetch with what to do about it, or TryLater."""
    file = describe(gateway, file_id)
    name, size = str(file.get("name") or "file"), int(file.get("size") or 0)
    if size > most:
        raise CannotFetch(
            _(
                "“{name}” has {size} MB; at most {most} MB can be read.",
                name=name,
                size=size // 1_000_000,
                most=most // 1_000_000,
            )
        )
    opener = build_opener(_SameHosts(gateway.file_places))
    data, kind = _read(opener, gateway, _address(file), most)
    if kind == "text/html" and len(data) != size:
        raise CannotFetch(_(_SIGN_IN))
    if len(data) != size:
        raise TryLater(f"the file came with {len(data)} of {size} bytes")
    return Fetched(name, data)


def _address(file: Mapping[str, Any]) -> str:
    return str(file.get("url_private_download") or file.get("url_private") or "")


def _read(opener: OpenerDirector, gateway: SlackGateway, address: str, most: int) -> tuple[bytes, str]:
    """Return bytes (one more than `most` at the most) and their media type."""
    if _place(address) not in gateway.file_places:
        raise CannotFetch(_(_NOT_SLACKS))
    # The scheme is one of ours: the line above compared it.
    request = Request(address, headers={"Authorization": f"Bearer {gateway.client.token}"})  # noqa: S310
    ends = time.monotonic() + DOWNLOAD_LASTS_S
    data = bytearray()
    try:
        with opener.open(request, timeout=TIMEOUT_S) as answer:
            while len(data) <= most and (chunk := answer.read(min(_CHUNK, most + 1 - len(data)))):
                data += chunk
                if time.monotonic() > ends:
                    raise TryLater("the file comes too slowly")
            return bytes(data), answer.headers.get_content_type()
    except HTTPError as error:
        with error:
            raise _meaning(error) from error
    except (OSError, HTTPException) as error:
        raise TryLater(f"a file of Slack's: {type(error).__name__}") from error


def _meaning(error: HTTPError) -> Exception:
    if error.code == 429 or error.code >= 500:
        wait = error.headers.get("Retry-After", "")
        return TryLater(
            f"a file of Slack's: HTTP {error.code}", seconds=float(wait) if wait.isdecimal() else None
        )
    return CannotFetch(_(_DELETED if error.code in (404, 410) else _UNSEEN))


def _place(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


class _SameHosts(HTTPRedirectHandler):
    """Follows Slack from host to host of its own, and nowhere else: the token goes with the request."""

    def __init__(self, places: frozenset[tuple[str, str]]) -> None:
        self._places = places

    def redirect_request(
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        if _place(newurl) not in self._places:
            fp.close()
            raise CannotFetch(_(_NOT_SLACKS))
        return super().redirect_request(req, fp, code, msg, headers, newurl)
