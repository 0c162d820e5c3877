"""Links into the org: which deal one leads to."""

import re
from urllib.parse import urlsplit

from crm.ids import NotAnId, sf_id

_MY_DOMAIN, _LIGHTNING = ".my.salesforce.com", ".lightning.force.com"
# /lightning/r/Opportunity/006…/view, /lightning/r/006…/view and the classic /006….
_RECORD = re.compile(r"/(?:lightning/r/(?:Opportunity/)?)?(006[A-Za-z0-9]{12}(?:[A-Z0-5]{3})?)(?:/[a-z]+)?/?")


def deal_at(url: str, org_url: str) -> str:
    """Return the id (18 characters) of the deal that a link into the org leads to; empty for any other link."""
    try:
        parts = urlsplit(url)
        is_ours = parts.scheme in ("http", "https") and parts.netloc.lower() in _hosts(org_url)
        found = _RECORD.fullmatch(parts.path) if is_ours else None
        return sf_id(found[1]) if found else ""
    except (ValueError, NotAnId):
        return ""


def _hosts(org_url: str) -> set[str]:
    """Return the org's host, and where its pages are beside that."""
    host = urlsplit(org_url).netloc.lower()
    name = host.removesuffix(_MY_DOMAIN).removesuffix(_LIGHTNING)
    return {host} if name == host else {name + _MY_DOMAIN, name + _LIGHTNING}
