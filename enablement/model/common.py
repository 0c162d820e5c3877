"""What every part of the model uses: lanes of work, languages, keys."""

import hashlib
from typing import Literal

Audience = Literal["internal", "customer"]
Lane = Literal["reply", "write", "compute"]
LANES: tuple[Lane, ...] = ("reply", "write", "compute")
LANGUAGES = ("en", "fr", "pt-BR", "th", "zh-TW", "ko")


def key(*parts: object) -> str:
    """Return the id (40 hex digits) that these parts always get: the root of "nothing twice"."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:40]
