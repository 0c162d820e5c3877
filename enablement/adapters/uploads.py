"""Take in a file that a colleague put up in a conversation: fetch it, read it, put it into the library, say so."""

import hashlib
import tempfile
from datetime import datetime
from pathlib import Path, PurePath

from enablement.adapters.extract import Extracted, UnreadableFile, extract
from enablement.answering import Done, Refusal
from enablement.governance import may_manage
from enablement.language import _, enumerated, in_a_row
from enablement.library import Incoming, Taken, take_in
from enablement.metadata import BadMetadata
from enablement.model import Ask, Asset, Fetched, Upload
from enablement.people import NotServed, member_email
from enablement.ports import CannotFetch, Services, Undeliverable
from enablement.uploads import LARGEST_BYTES, CannotAdd, check_publisher, source_of


def bring_in(ask: Ask, services: Services, *, now: datetime) -> Done | Refusal:
    """Return what became of an upload; done twice, it is in the library once. Raises TryLater."""
    upload = services.ledger.upload(ask.id)
    if upload is None:
        raise Undeliverable(f"there is no upload {ask.id}")
    try:
        email = member_email(ask.slack_id, mirror=services.mirror, messenger=services.messenger, now=now)
        check_publisher(email, services)
        source = _source(upload, email, services)
        file = services.messenger.fetch(upload.file_id, most=LARGEST_BYTES)
        _check_new(file, source, services)
        taken = _take_in(upload, file, source, email, services, now)
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


def _take_in(
    upload: Upload, file: Fetched, source: str, email: str, services: Services, now: datetime
) -> Taken:
    read = _read(file)

    def may_replace(asset: Asset) -> bool:
        return may_manage(asset, email, services)

    return take_in(
        Incoming(
            source=source,
            file_name=file.name,
            media_type=read.media_type,
            data=file.data,
            title=read.title or PurePath(file.name).stem,
            pages=read.pages,
            # What the person says now counts for more than what stands in the file.
            metadata={**read.front_matter, **upload.said},
        ),
        services.catalog,
        services.ledger,
        is_there=lambda _: True,
        now=now,
        by=email,
        may_replace=may_replace,
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
        by = enumerated(taken.waits_for, style="or") if taken.waits_for else _("somebody who may approve it")
        return _(
            "“{title}” (version {version}) waits for approval by {whom}. "
            "Until then it can't be found. I'll tell you.",
            **said,
            whom=by,
        )
    if asset.version > 1:
        return _("“{title}” is version {version} now: {facts}.", **said, facts=_facts(asset))
    return _("“{title}” is in the library now: {facts}.", **said, facts=_facts(asset))


def _facts(asset: Asset) -> str:
    audience = _("customers may have it") if asset.audience == "customer" else _("for colleagues only")
    return in_a_row(filter(None, (asset.kind, asset.collection, audience)))
