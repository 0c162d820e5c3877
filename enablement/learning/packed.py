"""A study as bytes, so that a killed run goes on with just what it began with; and its digest."""

import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from enablement.evidence.study import Study


def packed(study: Study) -> bytes:
    """Return a study as npz."""
    into = io.BytesIO()
    np.savez_compressed(into, allow_pickle=False, **dict(_columns(study)))
    return into.getvalue()


def unpacked(data: bytes) -> Study:
    """Return the study that `packed` wrote."""
    values: dict[str, Any] = {}
    with np.load(io.BytesIO(data), allow_pickle=False) as found:
        for name in found.files:
            field, _, key = name.partition(":")
            if key:
                values.setdefault(field, {})[key] = found[name]
            elif field not in ("facts", "segments"):
                values[field] = found[name]
    stages = tuple(map(str, values.pop("stages")))
    return Study(**{"facts": {}, "segments": {}, **values}, stages=stages)


def digest(study: Study) -> str:
    """Return 40 hex digits that are one for the same study."""
    told = hashlib.sha256()
    for name, column in _columns(study):
        told.update(f"{name} {column.dtype.str} {column.shape}\n".encode())
        told.update(np.ascontiguousarray(column).data)
    return told.hexdigest()[:40]


def _columns(study: Study) -> Iterator[tuple[str, Any]]:
    for field in fields(study):
        value = getattr(study, field.name)
        if isinstance(value, Mapping):
            yield from ((f"{field.name}:{name}", value[name]) for name in sorted(value))
        else:
            yield field.name, np.asarray(value)
