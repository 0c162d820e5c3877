"""Whole objects for tests; a test spells out only what it is about."""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from enablement.model import (
    Aim,
    Announcement,
    Ask,
    Asker,
    Asset,
    Contact,
    ContentRequest,
    CrmUser,
    Deal,
    Facets,
    Feedback,
    Page,
    Place,
    Profile,
    Receipt,
    Share,
    Suggestion,
    Task,
    Touch,
    Version,
    Wording,
    key,
)
from enablement.ports import Catalog

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ANNA = "anna@stowmark.example"


def deal(name: str = "Norfield Foods – Warehouse rollout", **changes: Any) -> Deal:
    account = name.split(" – ")[0]
    made = Deal(
        id=f"006{zlib.crc32(name.encode()):015d}",
        name=name,
        account=account,
        stage="Negotiation",
        amount=120_000.0,
        currency="EUR",
        close_date=date(2026, 12, 18),
        is_closed=False,
        is_won=False,
        owner_id="005000000000001AAA",
        team=(),
        industry="Manufacturing",
        region="Europe",
        size="enterprise",
        language="en",
        competitors=(),
        products=(),
        modified_at=NOW,
    )
    return replace(made, **changes)


def asset(title: str = "Pricing guide", **changes: Any) -> Asset:
    facets = changes.pop("facets", Facets())
    made = Asset(
        id=changes.pop("id", title),
        source=f"{title}.md",
        title=title,
        kind="guide",
        language="en",
        audience="customer",
        collection="",
        owner="",
        facets=facets,
        translation_of=None,
        released=None,
        expires=None,
        version=1,
        version_id=f"{title} v1",
        updated_at=NOW,
    )
    return replace(made, **changes)


def user(name: str = "anna", **changes: Any) -> CrmUser:
    made = CrmUser(
        id="005000000000001AAA",
        email=f"{name}@stowmark.example",
        name=name.title(),
        role_id=None,
        is_active=True,
    )
    return replace(made, **changes)


def contact(name: str = "Mia Lund", **changes: Any) -> Contact:
    email = f"{name.split(' ', maxsplit=1)[0].lower()}@buyer.example"
    made = Contact(deal_id=deal().id, id=f"003{name}", name=name, email=email, role="Buyer")
    return replace(made, **changes)


def ask(question: str = "pricing", **changes: Any) -> Ask:
    made = Ask(
        id=changes.pop("id", key("ask", question)),
        surface="command",
        slack_id="U1",
        email=ANNA,
        question=question,
        place=Place(),
        response_url="",
        replaces=False,
        deal_id=None,
        asked_at=NOW,
    )
    return replace(made, **changes)


def suggestion(**changes: Any) -> Suggestion:
    made = Suggestion(
        id="suggestion",
        ask_id="ask",
        email=ANNA,
        deal_id=deal().id,
        asset_id=asset().id,
        version_id=asset().version_id,
        rank=1,
        score=0.5,
        propensity=1.0,
        reasons=(),
        model="test",
        open_token=f"open-{changes.get('id', 'suggestion')}",
        made_at=NOW,
    )
    return replace(made, **changes)


def feedback(**changes: Any) -> Feedback:
    """Return what Anna says of `suggestion()`."""
    made = Feedback("feedback", "suggestion", deal().id, asset().id, ANNA, "not_useful", NOW)
    return replace(made, **changes)


def share(**changes: Any) -> Share:
    made = Share(
        id="share",
        token=f"token-{changes.get('id', 'share')}",
        suggestion_id="suggestion",
        asset_id=asset().id,
        version_id=asset().version_id,
        deal_id=deal().id,
        email=ANNA,
        recipient="mia@buyer.example",
        recipient_name="Mia Lund",
        note="",
        on_record=True,
        made_at=NOW,
        expires_at=NOW.replace(year=2027),
    )
    return replace(made, **changes)


def touch(**changes: Any) -> Touch:
    made = Touch(
        id="touch",
        kind="shared",
        asset_id=asset().id,
        version_id=asset().version_id,
        deal_id=deal().id,
        email=ANNA,
        recipient="mia@buyer.example",
        channel="slack",
        share_id="share",
        occurred_at=NOW,
    )
    return replace(made, **changes)


def content_request(words: str = "case study for dairies", **changes: Any) -> ContentRequest:
    made = ContentRequest(
        id=changes.pop("id", "request"),
        words=words,
        language="en",
        stage="Negotiation",
        industry="Manufacturing",
        region="Europe",
        size="enterprise",
        products=(),
        competitors=(),
        state="open",
        asset_id="",
        merged_into="",
        note="",
        decided_by="",
        made_at=NOW,
    )
    return replace(made, **changes)


def asker(**changes: Any) -> Asker:
    made = Asker("asker", "request", ANNA, "U1", deal().id, "ask", NOW, "case study for dairies")
    return replace(made, **changes)


def task(task_id: str = "task", **changes: Any) -> Task:
    made = Task(id=task_id, kind="test.kind", lane="write", subject=f"subject of {task_id}")
    return replace(made, **changes)


def profile(slack_id: str = "U1", name: str = "Anna", **changes: Any) -> Profile:
    email = f"{name.split(' ', maxsplit=1)[0].lower()}@stowmark.example"
    made = Profile(slack_id, email, name, "en-US", "Europe/Berlin", "member", NOW)
    return replace(made, **changes)


def announcement(title: str = "New deck", **changes: Any) -> Announcement:
    made = Announcement(
        id=changes.pop("id", title.replace(" ", "-")),
        author="lib@stowmark.example",
        author_slack_id="ULIB",
        state="draft",
        wordings=(Wording("en", title, f"{title}: all about it."),),
        aim=Aim(everyone=True),
        right=(),
        asset_ids=(),
        channels=(),
        must_acknowledge=True,
        reminders=2,
        remind_every_hours=24,
        starts_at=None,
        local_time="",
        ends_at=NOW + timedelta(days=14),
        revision=1,
        counts_from=1,
        version=0,
        made_at=NOW,
        changed_at=NOW,
    )
    return replace(made, **changes)


def receipt(slack_id: str = "U1", of: str = "New-deck", **changes: Any) -> Receipt:
    made = Receipt(key("receipt", of, slack_id), of, slack_id, f"{slack_id.lower()}@stowmark.example", NOW)
    return replace(made, **changes)


def publish(catalog: Catalog, one: Asset, *texts: str | tuple[str, str], data: bytes | None = None) -> Asset:
    """Put an asset into a catalogue; a page is its text, or its title and text."""
    pages = [text if isinstance(text, tuple) else ("", text) for text in texts or ("A page of text.",)]
    content = data if data is not None else "\n".join(text for _, text in pages).encode()
    catalog.publish(one, version(one, content), numbered(one.version_id, pages), content)
    return one


def version(one: Asset, data: bytes = b"bytes") -> Version:
    return Version(
        id=one.version_id,
        asset_id=one.id,
        number=one.version,
        content_hash=hashlib.sha256(data).hexdigest(),
        media_type="text/markdown",
        file_name=f"{one.title}.md",
        size=len(data),
        created_at=one.updated_at,
    )


def numbered(version_id: str, pages: Sequence[tuple[str, str]]) -> list[Page]:
    return [Page(version_id, number, title, text) for number, (title, text) in enumerate(pages, start=1)]
