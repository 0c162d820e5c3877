"""The `Index` port: segments in a folder, one process at a time writes them, any number read.

Derived from the catalogue and thrown away without loss. A manifest names the segments, their checksums and the change
of the catalogue they stand at; it is replaced in one step, so that a reader sees all of a change or nothing.
"""

import fcntl
import json
import logging
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from enablement import analyser
from enablement.adapters.index import ranking
from enablement.adapters.index.build import Entry, build
from enablement.adapters.index.merge import merge
from enablement.adapters.index.segment import Damaged, Segment, read, write
from enablement.adapters.index.snapshot import Snapshot
from enablement.ports import AssetFilter, Catalog, Found, IndexQuery, TryLater, VectorStore

FORMAT = f"4.{analyser.VERSION}"
CHANGES_AT_ONCE = 50_000
# Bounds the memory that it takes to build a segment.
ASSETS_AT_ONCE = 2000
# A segment is merged with the one before it when that one is not this many times as large: then the number of segments
# grows with the logarithm of the pages, and so does what adding a page costs.
GROWTH = 3
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Manifest:
    """What there is: the last change taken in (number, asset), and (file, checksum) of each segment, oldest first."""

    change: int = 0
    asset_id: str = ""
    model: str = ""
    segments: tuple[tuple[str, int], ...] = ()


class PageIndex:
    """One folder on disk. `model` names the embedder whose vectors are taken along with the pages.

    Likeness gives `likeness_weight` of a score, words the rest: .3 for an embedder of the strength of USE.
    """

    def __init__(
        self,
        folder: Path,
        catalog: Catalog,
        vectors: VectorStore | None = None,
        model: str = "",
        *,
        likeness_weight: float = 0.3,
    ) -> None:
        self._folder = folder / FORMAT
        self._folder.mkdir(parents=True, exist_ok=True)
        self._catalog = catalog
        self._vectors = vectors
        self._model = model
        self._likeness_weight = likeness_weight
        self._lock = threading.Lock()
        self._open: dict[tuple[str, int], Segment] = {}
        self._seen: tuple[int, ...] = ()
        self._manifest = Manifest()
        self._snapshot = Snapshot(())

    def search(self, query: IndexQuery, *, only: AssetFilter, limit: int) -> Found:
        weight = self._likeness_weight
        return ranking.search(self._current(), query, only=only, limit=limit, likeness_weight=weight)

    def meant(self, words: Sequence[str], *, only: AssetFilter) -> Mapping[str, tuple[str, ...]]:
        return ranking.meant(self._current(), words, only=only)

    def rarity(self, words: Sequence[str], *, only: AssetFilter) -> Mapping[str, float]:
        return ranking.rarity(self._current(), words, only=only)

    def siblings(self, asset_ids: Sequence[str], *, only: AssetFilter) -> Mapping[str, tuple[str, ...]]:
        snapshot = self._current()
        return snapshot.siblings(asset_ids, snapshot.view(only))

    def stands_at(self) -> int:
        """Return the number of the last change that is in the index."""
        self._current()
        return self._manifest.change

    def follow(self) -> int:
        """Take in the catalogue's changes; raises TryLater while another process does so."""
        self._current()
        if not self._must_begin_again() and not self._catalog.changes(self._manifest.change, limit=1):
            return 0
        taken = 0
        with self._alone():
            self._current()
            manifest = Manifest(model=self._model) if self._must_begin_again() else self._manifest
            while changed := self._changed_after(manifest.change):
                for start in range(0, len(changed), ASSETS_AT_ONCE):
                    some = changed[start : start + ASSETS_AT_ONCE]
                    segment = build(self._entries([asset_id for _, asset_id in some]))
                    manifest = self._with(manifest, segment, some[-1])
                    taken += len(some)
                    # Who is killed on the way goes on from here; who searches has this much already.
                    self._publish(manifest)
                    self._current()
            self._publish(manifest)
            self._sweep(manifest)
        self._current()
        return taken

    def _changed_after(self, change: int) -> list[tuple[int, str]]:
        """Return (last change, asset) of each asset that changed, oldest first: what changed twice is taken in once."""
        last: dict[str, int] = {}
        while some := self._catalog.changes(change, limit=CHANGES_AT_ONCE):
            last |= {asset_id: number for number, asset_id in some}
            change = some[-1][0]
        return sorted((number, asset_id) for asset_id, number in last.items())

    def _current(self) -> Snapshot:
        """Return what the manifest names now; a damaged segment is left out until the index is built anew."""
        stamp = self._stamp()
        if stamp == self._seen:
            return self._snapshot
        with self._lock:
            if stamp != self._seen:
                self._load(stamp)
            return self._snapshot

    def _load(self, stamp: tuple[int, ...]) -> None:
        manifest = _read_manifest(self._folder / "manifest.json")
        opened = {}
        for written in manifest.segments:
            try:
                opened[written] = self._segment(written)
            except FileNotFoundError:
                if self._stamp() != stamp:
                    # A newer manifest took the place of this one, and the segment went with it.
                    return self._load(self._stamp())
                self._give_up(manifest)
            except (Damaged, ValueError, OSError):
                self._give_up(manifest)
        self._open, self._manifest, self._seen = opened, manifest, stamp
        self._snapshot = Snapshot(list(opened.values()))
        return None

    def _give_up(self, manifest: Manifest) -> None:
        log.error("the search index at change %d is damaged: it will be built anew", manifest.change)
        (self._folder / "manifest.json").unlink(missing_ok=True)

    def _stamp(self) -> tuple[int, ...]:
        try:
            about = (self._folder / "manifest.json").stat()
        except FileNotFoundError:
            # Nothing to read: what was read before still serves.
            return self._seen
        return about.st_ino, about.st_mtime_ns, about.st_size

    def _must_begin_again(self) -> bool:
        """Say whether there is no index yet, a damaged one, one of another model, or one of another catalogue."""
        manifest = self._manifest
        if not (self._folder / "manifest.json").exists() or (self._model and manifest.model != self._model):
            return True
        # The database may have been put back or exchanged while the folder stayed.
        at = self._catalog.changes(manifest.change - 1, limit=1)
        return manifest.change > 0 and at != [(manifest.change, manifest.asset_id)]

    def _entries(self, ids: Sequence[str]) -> list[Entry]:
        assets = {one.id: one for one in self._catalog.assets(ids)}
        found = [one.version_id for one in assets.values() if one.status == "published"]
        pages = self._catalog.pages_of(found)
        vectors = (
            {one.version_id: one for one in self._vectors.of(found, self._model)} if self._vectors else {}
        )
        entries = []
        for asset_id in ids:
            asset = assets.get(asset_id)
            if asset and asset.status == "published":
                version = asset.version_id
                entries.append(Entry(asset_id, asset, pages.get(version, ()), vectors.get(version)))
            else:
                entries.append(Entry(asset_id, None))
        return entries

    def _with(self, manifest: Manifest, segment: Segment, last: tuple[int, str]) -> Manifest:
        """Return the manifest with one more segment, merged with the ones before it that are not much larger."""
        names = list(manifest.segments)
        run = [segment]
        while names and _size(older := self._segment(names[-1])) < GROWTH * sum(map(_size, run)):
            run.insert(0, older)
            names.pop()
        name = f"{last[0]:012d}.segment"
        made = merge(run, keep_gone=bool(names)) if len(run) > 1 or not names else segment
        names.append((name, write(made, self._folder / name)))
        return Manifest(*last[:2], manifest.model, tuple(names))

    def _segment(self, written: tuple[str, int]) -> Segment:
        return self._open.get(written) or read(self._folder / written[0], written[1])

    def _publish(self, manifest: Manifest) -> None:
        fresh = self._folder / "manifest.new"
        fresh.write_text(json.dumps(manifest.__dict__), encoding="utf-8")
        os.replace(fresh, self._folder / "manifest.json")

    def _sweep(self, manifest: Manifest) -> None:
        named = {name for name, _ in manifest.segments}
        for file in self._folder.glob("*.segment"):
            if file.name not in named:
                file.unlink()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self._folder / "lock").open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise TryLater(
                    "another process is taking in the changes of the library", seconds=1
                ) from error
            yield


def _read_manifest(file: Path) -> Manifest:
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        return Manifest(
            **{**said, "segments": tuple((name, checksum) for name, checksum in said["segments"])}
        )
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return Manifest()


def _size(segment: Segment) -> int:
    return len(segment.pages.number) + len(segment.assets.ids)
