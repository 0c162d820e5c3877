"""The one place that calls Slack: errors told apart, addresses checked, previews off."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookClient

from bot.gate import SHUTTING, Gate
from bot.plain import plain
from bot.signing import Seal
from enablement.ports import TryLater, Undeliverable

TIMEOUT_S = 10
# Slack's clock is not ours.
CLOCKS_DIFFER_S = 300
_HOOKS = "hooks.slack.com"
_PASSING = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "timeout"}
)
# The bot is not where the person asked; they are reached directly instead.
NOT_THERE = frozenset(
    {
        *("not_in_channel", "channel_not_found", "is_archived", "user_not_in_channel", "restricted_action"),
        *("users_not_found", "file_not_found", "file_deleted", "message_not_found"),
        *("cannot_unfurl_url", "cannot_unfurl_message", "cannot_find_message", "cannot_find_channel"),
        *("cannot_find_service", "invalid_unfurl_id", "cannot_prompt"),
    }
)
GONE = frozenset(
    {"not_found", "expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "hash_conflict"}
)


# What is wrong with the app itself, not with who or what a call is about.
NOT_LET_IN = frozenset(
    {
        *("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"),
        *("missing_scope", "no_permission", "accesslimited", "team_access_not_granted"),
    }
)
# Slack advises 200, and takes up to a thousand; of a large workspace that would be too many calls for its pace.
A_PAGE = 500


class NotLetIn(Undeliverable):
    """Slack refuses the app: its token or its scopes. Once that is mended, the same call goes through."""


class NotThere(Exception):
    """The bot can't post to this place, or does not see this person or file."""


class TooLate(Exception):
    """A view or a trigger is gone: the person closed it or took too long."""


# Told of each call: the integration's name, and whether it answered as it should.
OnCall = Callable[[str, bool], object]


class SlackGateway:
    """Calls the Web API and response addresses; raises TryLater, Undeliverable, NotThere or TooLate."""

    def __init__(
        self,
        token: str,
        api_url: str,
        *,
        on_call: OnCall | None = None,
        seal: Seal | None = None,
        gate: Gate | None = None,
    ) -> None:
        """Without a seal, what buttons carry is not signed: for who sends none. Without a gate each call is made."""
        self._on_call = on_call
        self.gate = gate
        self.seal = seal
        self._dms: dict[str, str] = {}
        self._home = frozenset[str]()
        self.client = WebClient(
            token=token,
            base_url=api_url,
            timeout=TIMEOUT_S,
            # A lost reply may be that of a post that is there: whoever tries again must look first (see `has_posted`).
            retry_handlers=[],
        )
        api = urlsplit(api_url)
        self._hosts = frozenset({_HOOKS, api.netloc})
        # Where files lie: beside the API, as files.slack.com is beside slack.com.
        self.file_places = frozenset({(api.scheme, api.netloc), (api.scheme, f"files.{api.netloc}")})

    def post(
        self, channel: str, blocks: Sequence[Block], text: str, *, thread: str, mark: Mapping[str, Any]
    ) -> tuple[str, str]:
        """Post a message that bears our mark as metadata, to a channel or a person; return where it is: channel, ts."""
        answer = self._call(
            "chat.postMessage",
            channel=channel,
            blocks=self._blocks(blocks),
            text=text,
            metadata=dict(mark),
            unfurl_links=False,
            unfurl_media=False,
            **({"thread_ts": thread} if thread else {}),
        )
        return str(answer["channel"]), str(answer["ts"])

    def post_ephemeral(
        self, channel: str, user: str, blocks: Sequence[Block], text: str, *, thread: str
    ) -> None:
        self._call(
            "chat.postEphemeral",
            channel=channel,
            user=user,
            blocks=self._blocks(blocks),
            text=text,
            **({"thread_ts": thread} if thread else {}),
        )

    def update(self, channel: str, ts: str, blocks: Sequence[Block], text: str) -> None:
        """Change a message of ours; raises NotThere when it is gone."""
        self._call("chat.update", channel=channel, ts=ts, blocks=self._blocks(blocks), text=text)

    def unfurl(self, unfurl_id: str, source: str, unfurls: Mapping[str, Sequence[Block]]) -> None:
        """Show below a message what its links lead to, by address; raises NotThere where Slack does not want it."""
        shown = {url: {"blocks": self._blocks(blocks)} for url, blocks in unfurls.items()}
        self._call("chat.unfurl", unfurl_id=unfurl_id, source=source, unfurls=shown)

    def unfurl_at(self, channel: str, ts: str, unfurls: Mapping[str, Sequence[Block]]) -> None:
        """Show it below a message at a place, where Slack gave no id for its links; raises NotThere."""
        shown = {url: {"blocks": self._blocks(blocks)} for url, blocks in unfurls.items()}
        self._call("chat.unfurl", channel=channel, ts=ts, unfurls=shown)

    def has_posted(self, channel: str, *, thread: str, since: datetime, mark: Mapping[str, Any]) -> bool:
        """Say whether a message of ours with this mark was posted to a place since then."""
        return bool(self.posted(channel, thread=thread, since=since, mark=mark))

    def posted(self, channel: str, *, thread: str, since: datetime, mark: Mapping[str, Any]) -> str:
        """Return the ts of the message with this mark that was posted to a place since then; empty if there is none."""
        method = "conversations.replies" if thread else "conversations.history"
        answer = self._read(
            method,
            channel=channel,
            limit=200,
            include_all_metadata=True,
            oldest=f"{since.timestamp() - CLOCKS_DIFFER_S:.6f}",
            **({"ts": thread} if thread else {}),
        )
        marked = (message for message in answer.get("messages", []) if message.get("metadata") == mark)
        return next((str(message["ts"]) for message in marked), "")

    def open_dm(self, user: str) -> str:
        """Return the conversation with a person, which stays the same for ever: Slack opens fifty a minute."""
        if user not in self._dms:
            self._dms[user] = str(self._call("conversations.open", users=user)["channel"]["id"])
        return self._dms[user]

    def channel(self, channel: str) -> Mapping[str, Any]:
        return dict(self._read("conversations.info", channel=channel)["channel"])

    def user(self, user: str) -> Mapping[str, Any]:
        return dict(self._read("users.info", user=user, include_locale=True)["user"])

    def is_of_ours(self, user: Mapping[str, Any]) -> bool:
        """Say whether somebody belongs where the app is installed.

        Slack calls nobody a stranger who is in a channel with us, whichever company they belong to.
        """
        if not self._home:
            us = self._read("auth.test")
            self._home = frozenset(str(us[name]) for name in ("team_id", "enterprise_id") if us.get(name))
        theirs = {user.get("team_id"), (user.get("enterprise_user") or {}).get("enterprise_id")}
        return not self._home.isdisjoint(theirs)

    def user_by_email(self, email: str) -> Mapping[str, Any]:
        """Return the active member with this address; raises NotThere."""
        return dict(self._read("users.lookupByEmail", email=email)["user"])

    def users(self) -> Iterator[Mapping[str, Any]]:
        """Yield everybody in the workspace."""
        return self._pages("users.list", "members", include_locale=True)

    def members(self, channel: str) -> list[str]:
        """Return the ids of those in a channel, bots too; raises NotThere."""
        return [str(one) for one in self._pages("conversations.members", "members", channel=channel)]

    def group_members(self, group: str) -> list[str]:
        return [str(one) for one in self._read("usergroups.users.list", usergroup=group)["users"]]

    def groups(self) -> Sequence[Mapping[str, Any]]:
        """Return the groups of people that can be called together, as Slack describes them."""
        return list(self._read("usergroups.list")["usergroups"])

    def permalink(self, channel: str, ts: str) -> str:
        """Return the address of a message; raises NotThere."""
        return str(self._read("chat.getPermalink", channel=channel, message_ts=ts)["permalink"])

    def push_view(self, trigger_id: str, view: View) -> None:
        """Put a view on top of the one whose button was pressed."""
        self._call("views.push", trigger_id=trigger_id, view=self._view(view))

    def publish_home(self, user: str, view: View, *, known: str = "") -> str:
        """Draw somebody's Home tab, and return Slack's hash of it.

        Where the hash of what stands there is `known`, raises TooLate if something else does.
        """
        only = {"hash": known} if known else {}
        answer = self._call("views.publish", user_id=user, view=self._view(view), **only)
        return str(answer["view"]["hash"])

    def suggest_prompts(self, channel: str, prompts: Sequence[Mapping[str, str]], *, title: str) -> None:
        """Offer prompts (each with title and message) above the composer of a direct conversation."""
        self._call("assistant.threads.setSuggestedPrompts", channel_id=channel, title=title, prompts=prompts)

    def set_status(self, channel: str, thread: str, status: str, *, loading: Sequence[str]) -> None:
        """Say in a thread what is being done; an empty status takes that away, as the next message does."""
        more = {"loading_messages": list(loading)} if loading else {}
        self._call("assistant.threads.setStatus", channel_id=channel, thread_ts=thread, status=status, **more)

    def file(self, file_id: str) -> Mapping[str, Any]:
        """Return what Slack says of a file; raises NotThere when it is gone or hidden."""
        return dict(self._read("files.info", file=file_id)["file"])

    def upload(self, channel: str, name: str, data: bytes, *, title: str, text: str, alt: str) -> None:
        """Put a file into a channel with a message; `alt` describes a picture."""
        with self._told("files.upload"):
            # The one call of the SDK's own: it is three, and the middle one goes to another address.
            self.client.files_upload_v2(
                filename=name, content=data, title=title, initial_comment=text, alt_txt=alt, channel=channel
            )

    def has_file(self, channel: str, name: str, *, since: datetime) -> bool:
        """Say whether a file of this name was put into a channel since then."""
        oldest = f"{since.timestamp() - CLOCKS_DIFFER_S:.6f}"
        answer = self._read("conversations.history", channel=channel, limit=200, oldest=oldest)
        files = (file for message in answer.get("messages", []) for file in message.get("files", []))
        return any(file.get("name") == name for file in files)

    def installed(self) -> tuple[str, frozenset[str]]:
        """Return the workspace's name and the scopes that the token has."""
        answer = self._answer("auth.test")
        headers = {name.lower(): value for name, value in answer.headers.items()}
        scopes = str(headers.get("x-oauth-scopes", "")).split(",")
        return str(answer.get("team", "")), frozenset(filter(None, map(str.strip, scopes)))

    def open_view(self, trigger_id: str, view: View) -> None:
        self._call("views.open", trigger_id=trigger_id, view=self._view(view))

    def update_view(self, view_id: str, view: View, *, hash_: str = "") -> None:
        """Draw an open view anew; with its hash, only if nothing else did meanwhile (else TooLate)."""
        only_if = {"hash": hash_} if hash_ else {}
        self._call("views.update", view_id=view_id, view=self._view(view), **only_if)

    def respond(self, response_url: str, blocks: Sequence[Block], text: str, *, replace: bool) -> bool:
        """Post to a response address, for the asker alone; False when the address is used up or too old."""
        if urlsplit(response_url).netloc not in self._hosts:
            raise Undeliverable("the response address is not Slack's")
        with self._counted():
            return self._respond(response_url, blocks, text, replace=replace)

    def _respond(self, response_url: str, blocks: Sequence[Block], text: str, *, replace: bool) -> bool:
        hook = WebhookClient(response_url, timeout=TIMEOUT_S)
        try:
            answer = hook.send(
                text=text,
                blocks=self._blocks(blocks),
                response_type="ephemeral",
                replace_original=replace,
                unfurl_links=False,
                unfurl_media=False,
            )
        except (OSError, SlackClientError) as error:
            raise TryLater(f"Slack's response address: {type(error).__name__}") from error
        if answer.status_code == 429 or answer.status_code >= 500:
            raise TryLater(
                f"Slack's response address answered HTTP {answer.status_code}", seconds=_wait(answer.headers)
            )
        if answer.status_code == 404:
            return False
        if answer.status_code != 200:
            raise Undeliverable(f"Slack refused a response: HTTP {answer.status_code} {answer.body[:300]}")
        return True

    def _blocks(self, blocks: Sequence[Block]) -> list[dict[str, Any]]:
        """Return blocks as they are sent, with what their buttons and menus carry signed."""
        drawn = [plain(block) for block in blocks]
        return self.seal.blocks(drawn) if self.seal else drawn

    def _view(self, view: View) -> dict[str, Any]:
        drawn = plain(view)
        return self.seal.view(drawn) if self.seal else drawn

    def _call(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        data = self._answer(method, json=arguments).data
        return data if isinstance(data, dict) else {}

    def _read(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        # As a form: methods that only read take no notice of a body of JSON, or some of them do not.
        data = self._answer(method, params=arguments).data
        return data if isinstance(data, dict) else {}

    def _pages(self, method: str, name: str, **arguments: Any) -> Iterator[Any]:
        cursor = ""
        while True:
            answer = self._read(method, limit=A_PAGE, cursor=cursor, **arguments)
            yield from answer[name]
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return

    def _answer(self, method: str, **request: Any) -> SlackResponse:
        with self._told(method):
            return self.client.api_call(method, **request)

    @contextmanager
    def _told(self, method: str) -> Iterator[None]:
        """Count a call, and say what its error means for us."""
        with self._counted():
            try:
                yield
            except SlackApiError as error:
                code = _code(error)
                if self.gate and code in SHUTTING:
                    raise self.gate.shut(code, tried=True) from error
                raise _meaning(method, error, hidden=str(self.client.token)) from error
            except (OSError, SlackClientError) as error:
                raise TryLater(f"{method}: {type(error).__name__}") from error

    def _refusal(self) -> str:
        """Ask Slack whether our token works; return its error, or nothing when it does."""
        try:
            self.client.api_call("auth.test")
        except SlackApiError as error:
            return _code(error).replace(str(self.client.token), "…") or "an answer of HTML"
        except (OSError, SlackClientError) as error:
            return type(error).__name__
        return ""

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """Let the observer know how a call went; that somebody or something is not there is no failure of Slack's."""
        if self.gate:
            self.gate.pass_through(self._refusal)
        went_well = False
        try:
            yield
            went_well = True
        except (NotThere, TooLate):
            went_well = True
            raise
        finally:
            if self._on_call:
                self._on_call("slack", went_well)


def _code(error: SlackApiError) -> str:
    return str(error.response.get("error", "")) if isinstance(error.response.data, dict) else ""


def _meaning(method: str, error: SlackApiError, *, hidden: str) -> Exception:
    """Return what an error means for us; what is hidden is not told, should something on the way quote it."""
    response = error.response
    code = _code(error).replace(hidden, "…")
    if response.status_code == 429 or code in _PASSING or response.status_code >= 500:
        return TryLater(f"{method}: {code or response.status_code}", seconds=_wait(response.headers))
    if code in NOT_THERE:
        return NotThere(f"{method}: {code}")
    if code in GONE:
        return TooLate(f"{method}: {code}")
    refusal = NotLetIn if code in NOT_LET_IN else Undeliverable
    details = "; ".join(map(str, (response.get("response_metadata") or {}).get("messages", [])))
    return refusal(f"{method}: {code} {details.replace(hidden, '…')}".strip())


def _wait(headers: Mapping[str, Any]) -> float | None:
    said = {name.lower(): value for name, value in headers.items()}.get("retry-after")
    value = said[0] if isinstance(said, list) else said
    return float(value) if isinstance(value, str) and value.isdecimal() else None
