"""What the browser tests stand on: an app that answers like a product, and a page in Chromium."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, expect
from slack_sdk import WebClient

from sandbox.slack import Shortcut
from sandbox.slack.config import BOT_EVENTS, BOT_SCOPES
from tests.sandbox.chromium import PATIENCE_MS
from tests.sandbox.slack.conftest import running
from tests.sandbox.slack.stage import DEALS, MAYA, TOKEN, Sandbox

DEALS_OF_MAYA = ("Acme – Renewal", "Ácme Überlandwerke", "ข้อตกลงกับบริษัทไทย", "臺灣鋼鐵 – 倉庫")
SHORTCUTS = (Shortcut("Find content", "find"), Shortcut("Answer with content", "answer", "message"))
SCOPES = (*BOT_SCOPES, "channels:history", "files:read", "files:write", "links:read", "links:write")
EVENTS = (*BOT_EVENTS, "link_shared")

Json = dict[str, Any]


def plain(text: str) -> Json:
    """Return a plain text object."""
    return {"type": "plain_text", "text": text}


def answer_blocks() -> list[Json]:
    """Return what the app answers to a question."""
    asset = {"type": "mrkdwn", "text": "*Payback in nine months*\nใบเสนอราคา · 成功案例"}
    menu = {
        "type": "external_select",
        "action_id": "deal",
        "placeholder": plain("Choose a deal"),
        "min_query_length": 1,
    }
    share = {"type": "button", "action_id": "share", "style": "primary", "text": plain("Share"), "value": "7"}
    return [
        {"type": "section", "text": asset},
        {"type": "actions", "block_id": "acts", "elements": [share, menu]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "Won 4 of 5 deals like yours"}]},
    ]


def form() -> Json:
    """Return the modal the app opens."""
    note = {"type": "plain_text_input", "action_id": "note", "multiline": True}
    to = {"type": "email_text_input", "action_id": "to"}
    blocks = [
        {"type": "input", "block_id": "to", "label": plain("Recipient"), "element": to},
        {"type": "input", "block_id": "note", "label": plain("Note"), "element": note, "optional": True},
    ]
    title = {"title": plain("Share an asset"), "submit": plain("Share")}
    return {"type": "modal", "callback_id": "share", **title, "blocks": blocks}


class Product:
    """An app that answers commands, clicks, forms, type-ahead, messages, shortcuts and links."""

    def __init__(self) -> None:
        self.client = WebClient()

    def reply(self, heard: Json) -> Any:
        """Answer one request."""
        if "command" in heard:
            return {"text": "For Acme", "blocks": answer_blocks()}
        if heard["type"] == "event_callback":
            self._event(heard["event"])
            return ""
        if heard["type"] == "block_suggestion":
            typed = heard["value"].lower()
            names = [name for name in DEALS_OF_MAYA if typed in name.lower()]
            return {"options": [{"text": plain(name), "value": str(n)} for n, name in enumerate(names)]}
        if heard["type"] == "view_submission":
            return self._submitted(heard)
        if heard["type"] in ("shortcut", "message_action") or heard["actions"][0]["action_id"] == "share":
            self.client.views_open(trigger_id=heard["trigger_id"], view=form())
        else:
            chosen = heard["actions"][0].get("selected_option")
            self.client.chat_postMessage(
                channel=DEALS, text=f"Deal: {chosen['text']['text'] if chosen else '?'}"
            )
        return ""

    def _event(self, event: Json) -> None:
        if event["type"] == "link_shared":
            url = event["links"][0]["url"]
            preview = {"title": "Payback in nine months", "text": "Case study, 12 pages", "color": "#0b6b50"}
            self.client.chat_unfurl(
                unfurl_id=event["unfurl_id"], source=event["source"], unfurls={url: preview}
            )
        elif event["type"] == "message" and not event.keys() & {"bot_id", "files", "subtype"}:
            self.client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text="Here it is")
        elif event.get("tab") == "messages":
            prompts = [{"title": "Whatever fits", "message": "what fits this deal now"}]
            self.client.assistant_threads_setSuggestedPrompts(
                channel_id=event["channel"], title="Ask me", prompts=prompts
            )
        elif event.get("tab") == "home":
            header = {"type": "header", "text": plain("Your deals")}
            self.client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [header]})

    def _submitted(self, heard: Json) -> Any:
        values = heard["view"]["state"]["values"]
        if not values["to"]["to"]["value"].endswith("@acme.test"):
            return {"response_action": "errors", "errors": {"to": "Nobody at Acme has this address"}}
        self.client.chat_postMessage(channel=DEALS, text=f"Shared: {values['note']['note']['value']}")
        return ""


@dataclass(frozen=True)
class Screen:
    """A person's page and the local Slack behind it."""

    slack: Sandbox
    page: Page
    product: Product

    def open(self, user: str = MAYA, channel: str = DEALS) -> None:
        """Open the page as this person, in this conversation."""
        self.page.goto(f"{self.slack.url}/?as={user}&channel={channel}")
        expect(self.page.locator("#composer-text")).to_be_enabled()

    def say(self, text: str) -> None:
        """Type into the composer and send."""
        self.page.locator("#composer-text").fill(text)
        self.page.locator("#composer-text").press("Enter")

    def message(self, text: str) -> Any:
        """Return the message that holds this text."""
        return self.page.locator("#messages article.message", has_text=text)


@contextmanager
def screen(browser: Browser) -> Iterator[Screen]:
    """Serve the local Slack with a product behind it and show it; a word on the console is a failure."""
    product = Product()
    more: Json = {"shortcuts": SHORTCUTS, "scopes": SCOPES, "events": EVENTS}
    with running(deadline_seconds=20, unfurl_domains=("content.example.test",), **more) as slack:
        slack.app.reply = product.reply
        product.client = WebClient(token=TOKEN, base_url=f"{slack.url}/api/")
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda problem: complaints.append(str(problem)))
        try:
            yield Screen(slack, page, product)
            assert complaints == []
        finally:
            context.close()
