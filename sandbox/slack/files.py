"""Uploaded files: an address to send bytes to, then a place in the workspace."""

import mimetypes
import secrets
from dataclasses import dataclass, field
from pathlib import PurePath

# Slack's own.
MOST_BYTES = 1_000_000_000


@dataclass
class File:
    """One file; `content` is None until the bytes came, `is_complete` says whether it was published."""

    id: str
    name: str
    length: int
    user: str
    created: float
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    title: str = ""
    alt_text: str = ""
    content: bytes | None = None
    is_complete: bool = False
    is_deleted: bool = False
    shares: list[tuple[str, str]] = field(default_factory=list)

    @property
    def mimetype(self) -> str:
        """Return the media type its name stands for."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    @property
    def filetype(self) -> str:
        """Return Slack's short word for the type, such as pdf."""
        return PurePath(self.name).suffix.lstrip(".").lower() or "binary"


class Files:
    """All files by id."""

    def __init__(self) -> None:
        self._rows: dict[str, File] = {}

    def add(self, file: File) -> File:
        """Keep a file."""
        self._rows[file.id] = file
        return file

    def find(self, file_id: str) -> File | None:
        """Return the file, published or not."""
        return self._rows.get(file_id)

    def published(self, file_id: str) -> File | None:
        """Return the file if its upload was completed."""
        file = self._rows.get(file_id)
        return file if file is not None and file.is_complete else None

    def delete(self, file: File) -> None:
        """Take the bytes away; what is left is a tombstone."""
        file.content, file.is_deleted = None, True
