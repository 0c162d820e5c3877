"""Take files into the catalogue: same bytes, same version; changed bytes, a new version; a moved file stays itself.

Where a collection has approvers, what is new or changed waits for one of them, and what was published before stays.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from os.path import normpath
from pathlib import PurePath
from typing import Literal, Protocol

from enablement.governance import approvers, reviewers, set_aside, submitted
from enablement.language import _
from enablement.metadata import BadMetadata, Metadata, cut, detect_language, understood
from enablement.model import Asset, Change, Edition, Page, Version, Written, key
from enablement.notices import together
from enablement.ports import Catalog, Ledger, TryLater

Outcome = Literal["added", "new version", "updated", "unchanged", "moved"]
# Somebody else may decide about the same asset in the same moment: then look again at what they left.
ATTEMPTS = 5


class PageRead(Protocol):
    """A page as the reader of files gives it."""

    @property
    def number(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True)
class Incoming:
    """A file that was read: where it comes from, its bytes, its pages, what it says of itself; of a link, its `url`."""

    source: str
    file_name: str
    media_type: str
    data: bytes
    title: str
    pages: Sequence[PageRead]
    metadata: Mapping[str, object]
    url: str = ""


@dataclass(frozen=True)
class Taken:
    """What became of a file: the asset as it stands, or as it waits for these approvers. Notes stopped nothing."""

    outcome: Outcome
    asset: Asset
    waits_for: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Desk:
    """Where files are taken in, and by whom."""

    catalog: Catalog
    ledger: Ledger
    is_there: Callable[[str], bool]
    now: datetime
    by: str
    may_replace: Callable[[Asset], bool]


@dataclass(frozen=True)
class _Known:
    """What the catalogue knows of a file already: the asset, and what is proposed for it."""

    asset: Asset | None
    proposal: Asset | None


def take_in(
    incoming: Incoming,
    catalog: Catalog,
    ledger: Ledger,
    *,
    is_there: Callable[[str], bool],
    now: datetime,
    by: str = "",
    may_replace: Callable[[Asset], bool] = lambda _: True,
) -> Taken:
    """Publish a file as a new asset, a new version, or not at all when nothing changed; or put it up for approval.

    `is_there` says whether the file of a source is still there: when that of an asset with the same bytes is not,
    the file has moved and the asset with it. `by` is the e-mail of who adds it, where that is known; `may_replace`
    says whether they may archive an asset that the file `replaces`. Raises BadMetadata.
    """
    desk = _Desk(catalog, ledger, is_there, now, by.lower(), may_replace)
    for _attempt in range(ATTEMPTS):
        taken, written = _decided(incoming, desk)
        if not written.changes or ledger.write(written, now=now):
            return taken
    raise TryLater(f"{incoming.file_name} is being changed by others.")


def called(name: str, catalog: Catalog, *, beside: str = "") -> list[Asset]:
    """Return the assets with this source (a path may start from the folder of `beside`) or exactly this title."""
    sources = (name, normpath(PurePath(beside).parent / name))
    by_source = next((found for source in sources if (found := catalog.asset_by_source(source))), None)
    return [by_source] if by_source else catalog.assets_titled(name)


def _decided(incoming: Incoming, desk: _Desk) -> tuple[Taken, Written]:
    """Return what becomes of a file, and what is written to make it so."""
    metadata = understood(incoming.metadata)
    known, version = _known(incoming, desk)
    said = _as_said(incoming, metadata, known, version, desk.now)
    on_shelf = bool(approvers(said.collection, desk.catalog))
    by_whom = reviewers(said, desk.catalog)
    asset, proposal = _becomes(said, known, needs_approval=bool(by_whom), on_shelf=on_shelf)
    candidate = proposal or asset
    author = desk.by or candidate.owner
    changes: tuple[Change, ...] = ()
    if (asset, proposal) != (known.asset, known.proposal):
        pages = tuple(Page(version.id, page.number, page.title, page.text) for page in incoming.pages)
        edition = Edition(version, pages, incoming.data)
        changes = (Change(known.asset, asset, known.proposal, proposal, edition),)
    is_submitted = candidate.status == "in_review" and not _is_known(candidate, known)
    asked = submitted(candidate, author, desk.catalog, desk.now) if is_submitted else Written()
    aside, notes = _set_aside(metadata.replaces, candidate, author, desk)
    if asset.status == "archived" and replace(said, source=asset.source) != asset:
        notes = (*notes, "it is archived and stays as it was: restore it, then add it again")
    written = together(Written(changes=changes), asked, aside)
    outcome = _outcome(known, asset, candidate, is_new=bool(written.changes))
    waits_for = by_whom if candidate.status == "in_review" else ()
    others = tuple(email for email in waits_for if email not in (author, candidate.owner))
    return Taken(outcome, candidate, others, notes), written


def _known(incoming: Incoming, desk: _Desk) -> tuple[_Known, Version]:
    """Return what is known of a file, and the version that it is: the one with the same bytes, or a new one."""
    catalog, content_hash = desk.catalog, hashlib.sha256(incoming.data).hexdigest()
    asset = catalog.asset_by_source(incoming.source)
    if asset is None:
        twins = catalog.assets_by_content(content_hash)
        asset = next((twin for twin in twins if not desk.is_there(twin.source)), None)
    known = _Known(asset, catalog.proposal(asset.id) if asset else None)
    for one in (known.asset, known.proposal):
        version = catalog.version(one.version_id) if one else None
        if version and version.content_hash == content_hash:
            return known, version
    asset_id = asset.id if asset else key("asset", incoming.source)
    # A version that was declined keeps its number.
    number = max((version.number for version in catalog.versions(asset_id)), default=0) + 1
    return known, Version(
        id=key("version", asset_id, content_hash, number),
        asset_id=asset_id,
        number=number,
        content_hash=content_hash,
        media_type=incoming.media_type,
        file_name=incoming.file_name,
        size=len(incoming.data),
        created_at=desk.now,
    )


def _as_said(incoming: Incoming, metadata: Metadata, known: _Known, version: Version, now: datetime) -> Asset:
    """Return the asset as the file has it; how it stands is carried over."""
    text = "\n".join(page.text for page in incoming.pages)
    before = known.asset
    of_this_version = [one for one in (before, known.proposal) if one and one.version_id == version.id]
    reviewed = [day for day in (metadata.reviewed_on, before.reviewed_on if before else None) if day]
    return Asset(
        id=version.asset_id,
        source=incoming.source,
        title=metadata.title or cut(incoming.title, "title"),
        kind=metadata.kind,
        language=metadata.language or detect_language(text),
        audience=metadata.audience,
        collection=metadata.collection,
        owner=metadata.owner,
        facets=metadata.facets,
        translation_of=metadata.translation_of or None,
        released=metadata.released,
        expires=metadata.expires,
        version=version.number,
        version_id=version.id,
        updated_at=of_this_version[0].updated_at if of_this_version else now,
        status=before.status if before else "published",
        replaced_by=before.replaced_by if before else None,
        review_every_days=metadata.review_every_days,
        reviewed_on=max(reviewed, default=None),
        url=incoming.url,
    )


def _becomes(
    said: Asset, known: _Known, *, needs_approval: bool, on_shelf: bool
) -> tuple[Asset, Asset | None]:
    """Return the asset as it shall stand, and what is proposed for it.

    `on_shelf`: its (new) collection has approvers. What would leave such a collection needs approval too.
    """
    before = known.asset
    if before is None:
        return replace(said, status="in_review" if needs_approval else "published"), None
    stays = replace(before, source=said.source)
    if before.status == "archived":
        return stays, None
    if not needs_approval:
        return replace(said, status="published"), None
    if said == stays:
        return stays, None
    if before.status != "published" and on_shelf:
        return replace(said, status="in_review"), None
    proposal = replace(said, status="in_review", replaced_by=None, reviewed_on=None)
    waited = known.proposal
    if waited and proposal == replace(waited, status="in_review", source=said.source):
        return stays, waited
    return stays, proposal


def _set_aside(name: str, candidate: Asset, author: str, desk: _Desk) -> tuple[Written, tuple[str, ...]]:
    """Return how what a file `replaces` is archived, now or when the file is approved, and what to say of it."""
    if not name or candidate.status not in ("published", "in_review"):
        return Written(), ()
    found = called(name, desk.catalog, beside=candidate.source)
    if not found:
        return Written(), (
            _("“replaces”: no asset is called “{name}”; add the file again when there is one", name=name),
        )
    if len(found) > 1:
        raise BadMetadata(
            _(
                "“replaces”: {count} assets are called “{name}”; name the path of one",
                count=len(found),
                name=name,
            )
        )
    (old,) = found
    if old.id == candidate.id:
        raise BadMetadata(_("“replaces” names the file itself"))
    if old.replaced_by == candidate.id:
        return Written(), ()
    if not desk.may_replace(old):
        raise BadMetadata(
            _("“replaces”: “{title}” is looked after by others; ask them to archive it", title=old.title)
        )
    if any(one.kind == "restored" and one.at > candidate.updated_at for one in desk.ledger.decisions(old.id)):
        return Written(), (
            _("“{title}” was restored since and stays; archive it if it is replaced", title=old.title),
        )
    if candidate.status == "published":
        return set_aside(old, candidate, email=author, catalog=desk.catalog, now=desk.now), ()
    # It stays until the file is approved.
    waited = desk.catalog.proposal(old.id)
    return Written(changes=(Change(old, replace(old, replaced_by=candidate.id), waited, waited),)), ()


def _outcome(known: _Known, asset: Asset, candidate: Asset, *, is_new: bool) -> Outcome:
    before = known.asset
    if before is None:
        return "added"
    if not is_new:
        return "unchanged"
    if candidate.version_id not in {one.version_id for one in (before, known.proposal) if one}:
        return "new version"
    return "moved" if asset.source != before.source else "updated"


def _is_known(candidate: Asset, known: _Known) -> bool:
    """Say whether the catalogue has this already, be it from another place."""
    return any(
        one and replace(one, source=candidate.source) == candidate for one in (known.asset, known.proposal)
    )
