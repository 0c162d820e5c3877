"""Read plain text files; a form feed begins a new page."""

from itertools import islice
from pathlib import Path

from enablement.adapters.extract.contents import Draft, Limits, Section
from enablement.adapters.extract.decode import decode

MEDIA_TYPE = "text/plain"


def read_plain(path: Path, limits: Limits) -> Draft:
    """Read a .txt file, whose pages have no titles."""
    pages = (page for page in decode(path.read_bytes()).split("\f") if page.strip())
    return Draft(MEDIA_TYPE, None, tuple(Section("", page) for page in islice(pages, limits.max_pages + 1)))
