"""Take in a file that a colleague put up in a conversation: fetch it, read it, put it into the library, say so."""

import hashlib
import tempfile
from datetime import datetime
from pathlib import Path, PurePath

from enablement.adapters.extract import Extracted, UnreadableFile, extract, unreadable
from enablement.answering import Done, Refusal
from enablement.governance import may_manage
from enablement.language import _, enumerated, in_a_row
from enablement.library import Incoming, Taken, take_in
from enablement.metadata import BadMetadata
from enablement.model import Ask, Asset, Fetched, Upload
from enablement.people import NotServed, called, member_email
from enablement.ports import CannotFetch, Services, Undeliverable
from enablement.uploads import (
    LARGEST_BYTES,
    CannotAdd,
    Offer,
    check_publisher,
    offer as offered,
    said_last,
    source_of,
)


def offer(ask: Ask, services: Services, *, now: datetime) -> Offer | Refusal:
    """Return what to say to a file that somebody sent: nobody fills in a form for what can't be read anyhow."""
    said = offered(ask, services, now=now)
    problem = unreadable(said.file_name) if isinstance(said, Offer) else ""
    return Refusal(ask, problem) if problem else said


def bring_in(ask: Ask, services: Services, *, now: datetime) -> Done | Refusal:
    """Return what became of an upload; done twice, it is in the library once. Raises TryLater."""
    upload = services.ledger.upload(ask.id)
    if upload is None:
        raise Undeliverable(f"there is no upload {ask.id}")
    try:
        email = member_email(ask.slack_id, mirror=services.mirror, messenger=services.messenger, now=now)
        check_publisher(email, services)
        incoming = _file(upload, email, services) if upload.file_id else _unchanged(upload, email, services)

        def may_replace(asset: Asset) -> bool:
            return may_manage(asset, email, services)

        taken = take_in(
            incoming,
            services.catalog,
            services.ledger,
            is_there=lambda _: True,
            now=now,
            by=email,
            may_replace=may_replace,
        )
    except BadMetadata as refusal:
        return Refusal(ask, _("Not added: {why}. Mend it and send it again.", why=refusal))
    except (NotServed, CannotAdd, CannotFetch, UnreadableFile) as refusal:
        return Refusal(ask, _("Not added: {sentence}", sentence=refusal))
    services.index.follow()
    services.work.wake("write", "compute")
    return Done(ask, _outcome(taken, ask, services))


def _source(upload: Upload, email: str, services: Services) -> str:
    """Return under which source a file is taken in: its own, or that of the asset whose next version it is."""
    if upload.version_of is None:
        return source_of(upload.file_id)
    base = services.catalog.asset(upload.version_of)
    if base is None or not may_manage(base, email, services):
        raise CannotAdd(_("The asset of which this is a new version is not yours any more. Ask its owner."))
    return base.source


def _check_new(file: Fetched, source: str, services: Services) -> None:
    content_hash = hashlib.sha256(file.data).hexdigest()
    for twin in services.catalog.assets_by_content(content_hash):
        if twin.source != source and twin.status != "archived":
            raise CannotAdd(_("“{title}” in the library has exactly this content.", title=twin.title))


def _file(upload: Upload, email: str, services: Services) -> Incoming:
    """Return the file that was put up, with what was said of it."""
    source = _source(upload, email, services)
    file = services.messenger.fetch(upload.file_id, most=LARGEST_BYTES)
    _check_new(file, source, services)
    read = _read(file)
    return Incoming(
        source=source,
        file_name=file.name,
        media_type=read.media_type,
        data=file.data,
        title=read.title or PurePath(file.name).stem,
        pages=read.pages,
        # What the person says now counts for more than what stands in the file.
        metadata={**read.front_matter, **upload.said},
    )


def _unchanged(upload: Upload, email: str, services: Services) -> Incoming:
    """Return the file that an asset has already, with what is said of it now."""
    asset = said_last(upload.version_of or "", services)
    if asset is None or not may_manage(asset, email, services):
        raise CannotAdd(_("This asset is looked after by others. Ask its owner."))
    version = services.catalog.version(asset.version_id)
    if version is None:
        raise Undeliverable(f"there is no version {asset.version_id}")
    # What the form does not ask for stays.
    kept = {name: getattr(asset, name) for name in ("translation_of", "released", "reviewed_on")}
    return Incoming(
        source=asset.source,
        file_name=version.file_name,
        media_type=version.media_type,
        data=services.catalog.data(version.id),
        title=asset.title,
        pages=services.catalog.pages(version.id),
        metadata={**{name: value for name, value in kept.items() if value}, **upload.said},
        url=asset.url,
    )


def _read(file: Fetched) -> Extracted:
    """Return the words of a file; raises UnreadableFile."""
    # The reader names the file to the person; of the name only what can be a file's is kept.
    name = PurePath(file.name.replace("\\", "/")).name[-100:].replace("\0", "") or "file"
    with tempfile.TemporaryDirectory(prefix="touchline-") as folder:
        path = Path(folder) / name
        path.write_bytes(file.data)
        return extract(path)


def _outcome(taken: Taken, ask: Ask, services: Services) -> str:
    notes = [_("Note: {note}.", note=note) for note in taken.notes]
    return " ".join([_became(taken, ask, services), *notes])


def _became(taken: Taken, ask: Ask, services: Services) -> str:
    asset = taken.asset
    said = {"title": asset.title, "version": asset.version}
    version = services.catalog.version(asset.version_id)
    # After a crash this very file may be there already, put there by this very upload.
    is_earlier = version is not None and version.created_at < ask.asked_at
    if taken.outcome == "unchanged" and is_earlier:
        return _("“{title}” is in the library already, as version {version}. Nothing changed.", **said)
    if asset.status == "in_review":
        names = [called(one, services.mirror) for one in taken.waits_for]
        by = enumerated(names, style="or") if names else _("somebody who may approve it")
        return _waits(asset, by, services)
    if taken.outcome == "updated":
        return _("“{title}” was changed: {facts}.", title=asset.title, facts=_facts(asset))
    if asset.version > 1:
        return _("“{title}” is version {version} now: {facts}.", **said, facts=_facts(asset))
    return _("“{title}” is in the library now: {facts}.", **said, facts=_facts(asset))


def _waits(asset: Asset, by: str, services: Services) -> str:
    said = {"title": asset.title, "version": asset.version, "whom": by}
    before = services.catalog.asset(asset.id)
    if before and before.status == "published":
        return _(
            "“{title}” (version {version}) waits for approval by {whom}. "
            "Until then it stays as it was. I'll tell you.",
            **said,
        )
    return _(
        "“{title}” (version {version}) waits for approval by {whom}. "
        "Until then it can't be found. I'll tell you.",
        **said,
    )


def _facts(asset: Asset) -> str:
    audience = _("customers may have it") if asset.audience == "customer" else _("for colleagues only")
    return in_a_row(filter(None, (asset.kind, asset.collection, audience)))
