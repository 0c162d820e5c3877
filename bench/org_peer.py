"""The peer beside our reading of an org: simple-salesforce by itself, page after page, keeping nothing."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce


class _Plain(HTTPAdapter):
    """Speaks plain HTTP where simple-salesforce insists on https."""

    def send(self, request: requests.PreparedRequest, *args: object, **options: object) -> requests.Response:
        request.url = (request.url or "").replace("https://", "http://", 1)
        return super().send(request, *args, **options)  # type: ignore[arg-type]  # passed on as it came


def read_all(url: str, client_id: str, client_secret: str, queries: Sequence[str]) -> int:
    """Read all rows of these queries; return how many the first one had."""
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
    token = requests.post(f"{url}/services/oauth2/token", data=form, timeout=60).json()["access_token"]
    session = requests.Session()
    session.mount("https://", _Plain())
    peer = Salesforce(instance_url=f"https://{urlsplit(url).netloc}", session_id=token, session=session)
    counts = [sum(1 for _ in peer.query_all_iter(query)) for query in queries]
    return counts[0]
