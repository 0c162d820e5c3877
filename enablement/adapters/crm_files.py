"""Follow the CRM's libraries of files: what is new there or has changed is taken in, what has left is archived."""

import logging
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from enablement.adapters.extract import Extracted, ExtractedPage, Limits, UnreadableFile, extract_many
from enablement.adapters.intake import SUFFIXES
from enablement.governance import NotAllowed, archive, may_manage, restore
from enablement.library import Incoming, Outcome, take_in
from enablement.metadata import BadMetadata
from enablement.model import Asset
from enablement.ports import CrmFile, CrmFiles, HeldFile, Services, TryLater, Undeliverable

log = logging.getLogger(__name__)
# Who acts, in the record of decisions; and how the sources of these assets begin.
ACTOR = "salesforce"
# Up to which stamp everything was judged; and, for each place of a file, as of which stamp the file was.
WATERMARK, JUDGED = "files", "file:"
# A transaction may commit minutes after the stamp that it bears.
OVERLAP = timedelta(minutes=10)
MOST_BYTES = Limits().max_file_bytes
# After so many downloads that failed one after the other it is not the files that are to blame.
MOST_TROUBLES = 3
# The room that the catalogue has for the name of a collection.
LONGEST_COLLECTION = 80
GONE = "it is no longer in a Salesforce library that Touchline follows"
Became = Outcome | Literal["archived", "restored", "refused", "put off"]


@dataclass(frozen=True)
class FileNews:
    """What became of one file; `said` is why it was refused or put off until the next time."""

    name: str
    source: str
    outcome: Became
    said: str = ""


@dataclass(frozen=True)
class Followed:
    """What became of the files of a run that are not as they were.

    `unseen` are chosen libraries that are hidden from us: nothing was archived then. `trouble` is why the run ended
    early; `more` says that its time was up. What is left is done by the next run.
    """

    files: tuple[FileNews, ...] = ()
    unseen: tuple[str, ...] = ()
    trouble: str = ""
    more: bool = False

    def complaints(self) -> list[str]:
        """Return a line for each thing that somebody should look after."""
        unseen = [
            f"There is no library “{name}”, or we are not a member: it is left out, and nothing is archived."
            for name in self.unseen
        ]
        return [*unseen, *(one.said for one in self.files if one.outcome in ("refused", "put off"))]


def follow_files(services: Services, *, until: datetime | None = None, again: bool = False) -> Followed:
    """Bring the library up to date with the CRM's files, until a moment at most; raises TryLater or Undeliverable.

    A file that was refused is looked at anew when it has changed, or when `again` is asked for.
    """
    files = services.crm.files()
    if files is None:
        return Followed()
    held, unseen = files.held()
    places = {source_of(one.file_id): one for one in held}
    assets = [one for one in services.catalog.assets() if one.source.startswith(source_of(""))]
    run = _Run(services, files, places, is_whole=not unseen, until=until)
    run.follow_places(assets)
    run.follow_versions(anew=places.keys() - {one.source for one in assets} if again else frozenset())
    return Followed(tuple(run.news), tuple(unseen), run.trouble, run.more)


def source_of(file_id: str) -> str:
    """Return the source of the asset that a file of the CRM becomes."""
    return f"{ACTOR}:{file_id}"


class _Run:
    """One pass over the libraries, and what it has found so far; `places` are by source."""

    def __init__(
        self,
        services: Services,
        files: CrmFiles,
        places: Mapping[str, HeldFile],
        *,
        is_whole: bool,
        until: datetime | None,
    ) -> None:
        self._services = services
        self._files = files
        self._places = places
        self._is_whole = is_whole
        self._until = until
        self.news: list[FileNews] = []
        self.trouble = ""
        self.more = False

    def follow_places(self, assets: Iterable[Asset]) -> None:
        """Archive what has left the libraries, and bring back what has returned."""
        for asset in assets:
            is_held = asset.source in self._places
            if asset.status != "archived" and not is_held and self._is_whole:
                self._decide(partial(archive, note=GONE), asset, "archived")
            elif asset.status == "archived" and is_held and self._was_archived_here(asset):
                self._decide(restore, asset, "restored")

    def follow_versions(self, *, anew: Set[str]) -> None:
        """Take in what was never judged, has changed since, or is to be judged anew."""
        mirror = self._services.mirror
        judged, since = mirror.watermarks(JUDGED), mirror.watermark(WATERMARK)
        fresh = {source for source, held in self._places.items() if held.place not in judged} | anew
        newest = list(self._newest(fresh, since))
        self._take_all(
            one
            for one in newest
            if source_of(one.id) in fresh or judged[self._places[source_of(one.id)].place] != one.stamp
        )
        is_done = not (self.more or self.trouble or any(one.outcome == "put off" for one in self.news))
        if newest and is_done:
            stamp = max(one.stamp for one in newest)
            mirror.set_watermark(WATERMARK, max(stamp, since or stamp))

    def _newest(self, fresh: Set[str], since: datetime | None) -> Iterator[CrmFile]:
        def ids(sources: Iterable[str]) -> set[str]:
            return {self._places[source].file_id for source in sources}

        if since is None:
            yield from self._files.newest(ids(self._places), since=None)
            return
        yield from self._files.newest(ids(fresh), since=None)
        yield from self._files.newest(ids(self._places.keys() - fresh), since=since - OVERLAP)

    def _decide(self, decide: Callable[..., Asset], asset: Asset, outcome: Became) -> None:
        # The CRM acts as a librarian would: the same rules hold, and who waits for an approval is told.
        acting = replace(self._services, librarians=(ACTOR,))
        try:
            decide(asset.id, email=ACTOR, services=acting, now=self._services.clock())
        except NotAllowed as reason:
            # Somebody was quicker.
            log.info("%s is not %s: %s", asset.source, outcome, reason)
        else:
            self.news.append(FileNews(asset.title, asset.source, outcome))

    def _was_archived_here(self, asset: Asset) -> bool:
        """Say whether it was the CRM that archived an asset: what a person has archived stays so."""
        decisions = [one for one in self._services.ledger.decisions(asset.id) if one.kind == "archived"]
        return bool(decisions) and decisions[-1].email == ACTOR

    def _take_all(self, files: Iterable[CrmFile]) -> None:
        with TemporaryDirectory(prefix="touchline-") as folder:
            fetched: dict[Path, CrmFile] = {}
            for path, read in extract_many(self._fetched(files, Path(folder), fetched)):
                file = fetched.pop(path)
                if isinstance(read, UnreadableFile):
                    self._judge(file, "refused", str(read))
                else:
                    self._take(file, read, path.read_bytes())

    def _fetched(
        self, files: Iterable[CrmFile], folder: Path, fetched: dict[Path, CrmFile]
    ) -> Iterator[Path]:
        """Fetch one file at a time, each removed before the next; give up when one after the other fails."""
        troubles = 0
        for number, file in enumerate(files):
            # The first is done in any case, or a run might never get on.
            if number and self._until and self._services.clock() >= self._until:
                self.more = True
                return
            if reason := _unfit(file):
                self._judge(file, "refused", reason)
                continue
            path = folder / str(number) / file.name
            path.parent.mkdir()
            try:
                self._files.fetch(file, path)
            except TryLater as error:
                self._tell(file, "put off", f"“{file.name}” is left for the next time: {error}")
                troubles += 1
            except Undeliverable as error:
                self._judge(file, "refused", f"“{file.name}” can't be had from Salesforce: {error}")
            else:
                troubles = 0
                fetched[path] = file
                yield path
            shutil.rmtree(path.parent)
            if troubles == MOST_TROUBLES:
                self.trouble = self.news[-1].said
                return

    def _take(self, file: CrmFile, read: Extracted, data: bytes) -> None:
        held = self._places[source_of(file.id)]
        shelf = {"collection": held.library[:LONGEST_COLLECTION]}
        incoming = Incoming(
            source=source_of(file.id),
            file_name=file.name,
            media_type=read.media_type,
            data=data,
            title=file.name,
            pages=_described(read.pages, file.about),
            metadata={**shelf, **read.front_matter, **file.said},
        )
        services, owner = self._services, str(file.said.get("owner", ""))
        try:
            taken = take_in(
                incoming,
                services.catalog,
                services.ledger,
                # A file keeps its id wherever it goes: one with the same bytes is another file.
                is_there=lambda _: True,
                now=services.clock(),
                may_replace=lambda asset: may_manage(asset, owner, services),
            )
        except BadMetadata as error:
            self._judge(file, "refused", f"“{file.name}”: {error}. Mend its tags in Salesforce.")
        else:
            waits = f"It waits for {' or '.join(taken.waits_for)}." if taken.waits_for else ""
            self._judge(file, taken.outcome, " ".join((*(f"{note}." for note in taken.notes), waits)).strip())

    def _judge(self, file: CrmFile, outcome: Became, said: str) -> None:
        self._services.mirror.set_watermark(f"{JUDGED}{self._places[source_of(file.id)].place}", file.stamp)
        self._tell(file, outcome, said)

    def _tell(self, file: CrmFile, outcome: Became, said: str) -> None:
        self.news.append(FileNews(file.name, source_of(file.id), outcome, said))


def _unfit(file: CrmFile) -> str:
    """Return why a file is not worth fetching; empty when it is."""
    if Path(file.name).suffix.lower() not in SUFFIXES:
        kinds = ", ".join(sorted(SUFFIXES))
        return f"“{file.name}” is of a kind that cannot be read. These can: {kinds}."
    if file.size > MOST_BYTES:
        return (
            f"“{file.name}” is larger than {MOST_BYTES // 1_000_000} MB. Make it smaller and upload it again."
        )
    return ""


def _described(pages: Sequence[ExtractedPage], about: str) -> Sequence[ExtractedPage]:
    """Return the pages with the file's description on the first, where its words are found."""
    first, *others = pages
    return [replace(first, text=f"{about.strip()}\n\n{first.text}".strip()), *others]
