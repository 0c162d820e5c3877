"""Who decides about assets, what each decision makes of them, and who must hear of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Literal

from enablement import wording
from enablement.access import is_valid
from enablement.language import _, enumerated
from enablement.model import Asset, Change, Decision, DecisionKind, Preview, Task, Written, key
from enablement.notices import together, token, told
from enablement.people import called
from enablement.ports import Catalog, Ledger, Services, TryLater
from enablement.roles import emails_with, has_role

# Somebody else may decide in the same moment: then look again at what they left.
ATTEMPTS = 5
State = Literal["draft", "in review", "published", "not yet released", "review due", "expired", "archived"]


class NotAllowed(Exception):
    """This person can't decide this, or not now; the message tells them why and what to do."""


def review_due_on(asset: Asset) -> date | None:
    """Return the day on which an asset is to be verified again; None when it never is."""
    if asset.review_every_days is None:
        return None
    since = asset.updated_at.date()
    if asset.reviewed_on:
        # A first version was written, and verified, before it came into the library.
        since = asset.reviewed_on if asset.version == 1 else max(since, asset.reviewed_on)
    return since + timedelta(days=asset.review_every_days)


def is_review_due(asset: Asset, *, on: date) -> bool:
    """Say whether somebody should look again whether an asset is still right."""
    due = review_due_on(asset)
    return due is not None and due <= on


def state(asset: Asset, *, on: date) -> State:
    """Return how an asset stands on a day, in the one word that matters most to its owner."""
    if asset.status != "published":
        return "in review" if asset.status == "in_review" else asset.status
    if asset.expires and asset.expires < on:
        return "expired"
    if asset.released and asset.released > on:
        return "not yet released"
    return "review due" if is_review_due(asset, on=on) else "published"


def approvers(collection: str, catalog: Catalog) -> tuple[str, ...]:
    """Return who approves what is put into a collection; nobody when it needs no approval."""
    return next((one.approvers for one in catalog.collections() if one.name == collection), ())


def reviewers(asset: Asset, catalog: Catalog) -> tuple[str, ...]:
    """Return who approves an asset or a proposal: the approvers of its collection, or of the one that it would leave.

    Nobody, when it needs no approval.
    """
    before = catalog.asset(asset.id)
    return approvers(asset.collection, catalog) or (approvers(before.collection, catalog) if before else ())


def may_publish(email: str, services: Services) -> bool:
    """Say whether somebody may add to the library: a librarian, or an approver of any collection."""
    email = email.lower()
    shelves = services.catalog.collections()
    return has_role("enablement", email, services) or any(email in one.approvers for one in shelves)


def may_approve(asset: Asset, email: str, services: Services) -> bool:
    """Say whether somebody may approve this when others submit it."""
    email = email.lower()
    return has_role("enablement", email, services) or email in reviewers(asset, services.catalog)


def may_manage(asset: Asset, email: str, services: Services) -> bool:
    """Say whether somebody may verify, archive and restore an asset: its owner, and who may approve it."""
    return bool(email) and (email.lower() == asset.owner or may_approve(asset, email, services))


def awaiting(asset_id: str, catalog: Catalog) -> Asset | None:
    """Return what waits for approval of an asset: its proposal, or itself when it was never published."""
    candidates = (catalog.proposal(asset_id), catalog.asset(asset_id))
    return next((one for one in candidates if one and one.status == "in_review"), None)


def all_awaiting(catalog: Catalog) -> list[Asset]:
    """Return all that waits for approval, the longest waiting first."""
    waiting = [one for one in (*catalog.assets(), *catalog.proposals()) if one.status == "in_review"]
    return sorted(waiting, key=lambda one: one.updated_at)


def approve(
    asset_id: str, *, email: str, services: Services, now: datetime, note: str = "", version_id: str = ""
) -> Asset:
    """Publish what waits. Whoever submitted or owns it can't; nor can it be done unseen: `version_id` is what was seen.

    Raises NotAllowed.
    """
    email = email.lower()

    def decide(was: Asset, waited: Asset | None) -> Written:
        asked = _asked(was, waited, email, services, version_id)
        by = submitter(asked, services.ledger)
        if email in (asked.owner, by):
            others = sorted(
                {*reviewers(asked, services.catalog), *emails_with("enablement", services)} - {email}
            )
            raise NotAllowed(wording.not_your_own(asked, [called(one, services.mirror) for one in others]))
        published = replace(
            asked,
            status="published",
            source=was.source,
            replaced_by=was.replaced_by,
            reviewed_on=now.date(),
        )
        decision = decided("approved", published, email, note, now)
        old = services.catalog.assets_replaced_by(asset_id)
        return together(
            Written(
                records=(decision,),
                tasks=(index_task(decision),),
                changes=(Change(was, published, waited),),
            ),
            told("approved", published, by or asked.owner, decision),
            *(
                set_aside(one, published, email=email, catalog=services.catalog, now=now)
                for one in old
                if one.status != "archived"
            ),
        )

    return _carried_out(asset_id, decide, services, now)


def decline(asset_id: str, *, email: str, services: Services, now: datetime, note: str) -> Asset:
    """Send what waits back to who submitted it, with the reason; what was published before stays. Raises NotAllowed."""
    email = email.lower()
    if not note.strip():
        raise NotAllowed(_("Say in a few words what should change."))

    def decide(was: Asset, waited: Asset | None) -> Written:
        asked = _asked(was, waited, email, services)
        draft = replace(asked, status="draft")
        decision = decided("declined", asked, email, note, now)
        is_proposal = asked is waited
        change = Change(was, was, waited, draft) if is_proposal else Change(was, draft, waited, waited)
        return together(
            Written(records=(decision,), changes=(change,)),
            told("declined", asked, submitter(asked, services.ledger) or asked.owner, decision),
        )

    return _carried_out(asset_id, decide, services, now)


def verify(asset_id: str, *, email: str, services: Services, now: datetime) -> Asset:
    """Note that a published asset is still right as of today. Raises NotAllowed."""
    email = email.lower()

    def decide(was: Asset, waited: Asset | None) -> Written:
        _check_manages(was, email, services)
        if was.status != "published":
            raise NotAllowed(
                _(
                    "“{title}” is not published, so there is nothing to verify. {so_far}",
                    title=was.title,
                    so_far=_so_far(was, services),
                )
            )
        verified = replace(was, reviewed_on=now.date())
        # Once a day is enough to know: a second click changes nothing.
        decision_id = key("verified", was.id, was.version_id, email, now.date())
        decision = replace(decided("verified", was, email, "", now), id=decision_id)
        return Written(records=(decision,), changes=(Change(was, verified, waited, waited),))

    return _carried_out(asset_id, decide, services, now)


def to_archive(asset_id: str, *, email: str, services: Services) -> Asset:
    """Return an asset that this person may take out of use; raises NotAllowed."""
    was = services.catalog.asset(asset_id)
    if was is None:
        raise NotAllowed(_("This asset is not in the library."))
    _check_manages(was, email.lower(), services)
    if was.status == "archived":
        raise _archived_already(was, services)
    return was


def may_succeed(other: Asset, asset_id: str, *, on: date) -> bool:
    """Say whether an asset can take another's place as of a day: colleagues must be able to use it."""
    return other.id != asset_id and is_valid(other, on=on)


def archive(
    asset_id: str,
    *,
    email: str,
    services: Services,
    now: datetime,
    replaced_by: str | None = None,
    note: str = "",
) -> Asset:
    """Take an asset out of use, with what takes its place; a proposal for it is dropped. Raises NotAllowed."""
    email = email.lower()

    def decide(was: Asset, waited: Asset | None) -> Written:
        _check_manages(was, email, services)
        if replaced_by == asset_id or (replaced_by and services.catalog.asset(replaced_by) is None):
            raise NotAllowed(_("Name another asset of the library that replaces “{title}”.", title=was.title))
        if was.status == "archived" and replaced_by in (None, was.replaced_by):
            raise _archived_already(was, services)
        archived = replace(was, status="archived", replaced_by=replaced_by or was.replaced_by)
        decision = decided("archived", was, email, note, now)
        change = Change(was, archived, waited)
        return Written(records=(decision,), tasks=(index_task(decision),), changes=(change,))

    return _carried_out(asset_id, decide, services, now)


def restore(asset_id: str, *, email: str, services: Services, now: datetime) -> Asset:
    """Bring an archived asset back: into review where its collection has approvers, else published.

    Raises NotAllowed.
    """
    email = email.lower()

    def decide(was: Asset, waited: Asset | None) -> Written:
        _check_manages(was, email, services)
        if was.status != "archived":
            raise NotAllowed(
                _("“{title}” is not archived. {so_far}", title=was.title, so_far=_so_far(was, services))
            )
        needs_approval = bool(approvers(was.collection, services.catalog))
        back = replace(was, status="in_review" if needs_approval else "published", replaced_by=None)
        decision = decided("restored", was, email, "", now)
        asked = submitted(back, email, services.catalog, now) if needs_approval else Written()
        change = Change(was, back, waited, waited)
        return together(Written(records=(decision,), tasks=(index_task(decision),), changes=(change,)), asked)

    return _carried_out(asset_id, decide, services, now)


def preview(asset: Asset, *, email: str, services: Services, now: datetime) -> str:
    """Return a link of their own to a version, published or not, for who looks after it. Raises NotAllowed."""
    email = email.lower()
    _check_manages(asset, email, services)
    preview_id = key("preview", asset.version_id, email, now.date())
    made = Preview(preview_id, token(), asset.id, asset.version_id, email, now)
    services.ledger.write(Written(records=(made,)), now=now)
    kept = services.ledger.preview(preview_id) or made
    return f"{services.public_url}/o/{kept.token}"


def successor(asset: Asset, catalog: Catalog, *, on: date) -> Asset | None:
    """Return what takes an asset's place: the first that is published and valid, replacement after replacement."""
    seen = {asset.id}
    following = asset.replaced_by
    while following and following not in seen:
        seen.add(following)
        other = catalog.asset(following)
        if other is None or is_valid(other, on=on):
            return other
        following = other.replaced_by
    return None


def submitter(asset: Asset, ledger: Ledger) -> str:
    """Return the e-mail of who submitted an asset last; empty when nobody knows."""
    submitted_by = (one.email for one in reversed(ledger.decisions(asset.id)) if one.kind == "submitted")
    return next(submitted_by, "")


def decided(kind: DecisionKind, asset: Asset, email: str, note: str, now: datetime) -> Decision:
    decision_id = key(kind, asset.id, asset.version_id, email, now.isoformat())
    return Decision(decision_id, asset.id, asset.version_id, kind, email, note.strip(), now)


def submitted(asset: Asset, email: str, catalog: Catalog, now: datetime) -> Written:
    """Return what is written when somebody puts an asset up for approval: all approvers but themselves are told."""
    decision = decided("submitted", asset, email, "", now)
    asked = [to for to in reviewers(asset, catalog) if to not in (email, asset.owner)]
    notices = (told("approve", asset, to, decision) for to in asked)
    return together(Written(records=(decision,)), *notices)


def set_aside(old: Asset, successor: Asset, *, email: str, catalog: Catalog, now: datetime) -> Written:
    """Return how an asset is archived because another one, now published, replaces it."""
    decision = decided("archived", old, email, f"replaced by “{successor.title}”", now)
    archived = replace(old, status="archived", replaced_by=successor.id)
    change = Change(old, archived, catalog.proposal(old.id))
    return Written(records=(decision,), tasks=(index_task(decision),), changes=(change,))


def index_task(decision: Decision) -> Task:
    return Task(key("library.index", decision.id), "library.index", "compute", "")


def _carried_out(
    asset_id: str, decide: Callable[[Asset, Asset | None], Written], services: Services, now: datetime
) -> Asset:
    """Decide on how things stand and write it; when they changed meanwhile, decide anew."""
    for _attempt in range(ATTEMPTS):
        was = services.catalog.asset(asset_id)
        if was is None:
            raise NotAllowed(_("This asset is not in the library."))
        written = decide(was, services.catalog.proposal(asset_id))
        if services.ledger.write(written, now=now):
            services.work.wake(*sorted({task.lane for task in written.tasks}))
            return written.changes[0].asset
    raise TryLater(_("This asset is being changed by others. Try again in a minute."))


def _check_manages(asset: Asset, email: str, services: Services) -> None:
    if not may_manage(asset, email, services):
        others = _all_who(
            asset.owner, *reviewers(asset, services.catalog), *emails_with("enablement", services)
        )
        raise NotAllowed(
            _("“{title}” is looked after by others. Ask {whom}.", title=asset.title, whom=others)
        )


def _archived_already(asset: Asset, services: Services) -> NotAllowed:
    so_far = _so_far(asset, services)
    return NotAllowed(_("“{title}” is archived already. {so_far}", title=asset.title, so_far=so_far))


def _all_who(*emails: str) -> str:
    named = list(dict.fromkeys(filter(None, emails)))
    return enumerated(named, style="or") if named else _("who runs Touchline here")


def _asked(was: Asset, waited: Asset | None, email: str, services: Services, version_id: str = "") -> Asset:
    """Return what waits and may be decided by this person."""
    asked = next((one for one in (waited, was) if one and one.status == "in_review"), None)
    if not may_approve(asked or was, email, services):
        who = _all_who(*reviewers(asked or was, services.catalog), *emails_with("enablement", services))
        raise NotAllowed(_("You can't decide on “{title}”. Ask {whom}.", title=was.title, whom=who))
    if asked is None:
        raise NotAllowed(
            _(
                "“{title}” does not wait for approval. {so_far}",
                title=was.title,
                so_far=_so_far(was, services),
            )
        )
    if version_id and version_id != asked.version_id:
        raise NotAllowed(wording.changed_since(asked))
    return asked


def _so_far(asset: Asset, services: Services) -> str:
    """Return what was decided last, as a sentence."""
    decisions = services.ledger.decisions(asset.id)
    if not decisions:
        return wording.status(asset)
    return wording.decision(decisions[-1], by=called(decisions[-1].email, services.mirror))
