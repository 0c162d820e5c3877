"""What was deployed, kept beside the rows so that an org opened again has it still."""

from sandbox.salesforce.sfdx import Declared, declared_in
from sandbox.salesforce.store import Store


def remembered(store: Store) -> dict[str, frozenset[str]]:
    """Return the names of all components by kind."""
    names: dict[str, set[str]] = {}
    for kind, name in store.select('SELECT kind, name FROM "component~"'):
        names.setdefault(kind, set()).add(name)
    return {kind: frozenset(found) for kind, found in names.items()}


def remembered_objects(store: Store) -> list[Declared]:
    """Return what was deployed of objects and fields, in the order in which it was."""
    rows = store.select("SELECT name, content FROM \"component~\" WHERE kind = 'CustomObject' ORDER BY seq")
    return [declared_in(name, content, name) for name, content in rows]


def stored(store: Store, kind: str, name: str) -> bytes | None:
    """Return what the last deployment of a component brought, or None."""
    found = store.select(
        'SELECT content FROM "component~" WHERE kind = ? AND name = ? ORDER BY seq DESC LIMIT 1', [kind, name]
    )
    return bytes(found[0][0]) if found else None


def remember(store: Store, kind: str, name: str, path: str, content: bytes, *, stamp: str) -> bool:
    """Keep a component and tell whether it is new; for use in a transaction."""
    known = store.select('SELECT 1 FROM "component~" WHERE kind = ? AND name = ?', [kind, name])
    # Every deployment stays: one of an object may add fields that the next one does not mention.
    store.run(
        'INSERT INTO "component~" (kind, name, path, content, stamp) VALUES (?, ?, ?, ?, ?)',
        [kind, name, path, content, stamp],
    )
    return not known


def forget(store: Store, kind: str, name: str) -> None:
    """Drop a component and what belongs to it; for use in a transaction."""
    store.run('DELETE FROM "component~" WHERE kind = ? AND name = ?', [kind, name])
    if kind == "CustomObject":
        store.run('DELETE FROM "component~" WHERE substr(name, 1, ?) = ?', [len(name) + 1, f"{name}."])
