"""The rows of docs/slack-failures.md, and each guard as it stands in the code."""

import re
from dataclasses import dataclass

from tests.ops.installation import ROOT

PAGE = ROOT / "docs" / "slack-failures.md"
_TEST = re.compile(r"`(tests/[\w/]+\.py::\w+)`")
_GUARD = re.compile(r"`([\w/]+(?:\.py|/))`")


@dataclass(frozen=True)
class Failure:
    """A row of the page: its number, the modules that guard, the tests that hold; without them, why it is none here."""

    number: int
    fails: str
    guards: tuple[str, ...]
    tests: tuple[str, ...]
    why_not: str


@dataclass(frozen=True)
class Removal:
    """A guard of a failure as it stands in a module, and what stands there when it is taken out."""

    number: int
    path: str
    guard: str
    without: str


REMOVALS = (
    Removal(
        1,
        "bot/app.py",
        'body=dict(fields), mode="socket_mode", context',
        'body=__import__("urllib.parse").parse.urlencode(dict(fields)), context',
    ),
    Removal(2, "bot/app.py", "LISTENERS_AT_ONCE = 20", "LISTENERS_AT_ONCE = 5"),
    Removal(3, "bot/verify.py", "str(event_id) if is_id else delivery", "delivery"),
    Removal(
        3,
        "enablement/adapters/sql/ledger.py",
        "if written.event and not _is_new(",
        "if False and not _is_new(",
    ),
    Removal(
        4,
        "bot/find.py",
        'app.event("message", middleware=[partial(told, services=services)])(kept)',
        'app.event("message")(partial(told, next_=lambda: None, services=services))',
    ),
    Removal(4, "jobs/lanes.py", "if error is None:\n            continue", "if True:\n            continue"),
    Removal(5, "bot/socket.py", "            if self.is_connected() or time", "            if True or time"),
    Removal(7, "bot/messenger.py", "self._outside[channel] = (outside, now)", "outside = False"),
    Removal(7, "bot/messenger.py", ' if self._gateway.is_of_ours(user) else "stranger"', ""),
    Removal(
        7,
        "bot/messenger.py",
        "means to expect the worst.\n            return True",
        "\n            return False",
    ),
    Removal(8, "bot/gateway.py", "seconds=_wait(response.headers))", "seconds=None)"),
    Removal(
        8,
        "jobs/lanes.py",
        "timedelta(seconds=seconds or _pause(attempts))",
        "timedelta(seconds=_pause(attempts))",
    ),
    Removal(9, "bot/mrkdwn.py", "fits(cleaned, most=most - 1)", "most - 1"),
    Removal(9, "bot/mrkdwn.py", "cleaned if len(cleaned) <= most else", "cleaned if cleaned else"),
    Removal(10, "bot/mrkdwn.py", "_ENTITIES.get(character, character) for character in text)", "text)"),
    Removal(11, "bot/opening.py", "except (TooLate, TryLater):", "except ZeroDivisionError:"),
    Removal(12, "bot/share.py", "TYPED if form.typed or CONTACTS not in blocks else CONTACTS", "CONTACTS"),
    Removal(13, "bot/home.py", "return [*held, *alike][:MOST_OFFERED]", "return [*held, *alike]"),
    Removal(
        13,
        "bot/parts.py",
        "text=PlainTextObject(text=plain(text, most=75), e",
        "text=PlainTextObject(text=text, e",
    ),
    Removal(13, "enablement/access.py", "return asked.result(self._within_s)", "return asked.result()"),
    Removal(
        14,
        "bot/gateway.py",
        "mark),\n            unfurl_links=False",
        "mark),\n            unfurl_links=True",
    ),
    Removal(14, "bot/unfurl.py", 'if not event.get("bot_id") and event.get("user") not in bots:', "if bots:"),
    Removal(14, "bot/links_messenger.py", "except NotThere as error:", "except ZeroDivisionError as error:"),
    Removal(
        14, "enablement/previews.py", "if target(url, services))[:MOST_SHOWN]", "if target(url, services))"
    ),
    Removal(
        14, "enablement/previews.py", "may = services.access.readable(user.id, [deal_id])", "may = {deal_id}"
    ),
    Removal(
        16,
        "bot/find.py",
        'str(event.get("thread_ts") or event["ts"]), is',
        'str(event.get("thread_ts") or ""), is',
    ),
    Removal(
        17,
        "bot/app.py",
        "for kind in (app.command, app.event, ",
        "for kind in () and (app.command, app.event, ",
    ),
    Removal(
        18,
        "bot/gateway.py",
        "data = self._answer(method, json=arguments).data\n        return data if isinstance(data, dict) else {}",
        "return self._answer(method, json=arguments)  # type: ignore[return-value]",
    ),
    Removal(
        20,
        "bot/gateway.py",
        "if answer.status_code == 404:\n            return False",
        "if answer.status_code == 404:\n            return True",
    ),
    Removal(22, "bot/find.py", 'if event.get("user") and not event.get("bot_id"):', 'if event.get("user"):'),
    Removal(
        22,
        "bot/find.py",
        'and not event.get("subtype") and not event.get("bot_id")',
        'and not event.get("subtype")',
    ),
    Removal(
        23,
        "bot/messenger.py",
        "except NotThere:\n                # The bot was never",
        "except ZeroDivisionError:\n                # The bot was never",
    ),
    Removal(24, "bot/gateway.py", 'response_type="ephemeral"', 'response_type="in_channel"'),
    Removal(
        24, "bot/messenger.py", "if not place.is_direct:\n            try:", "if False:\n            try:"
    ),
    Removal(25, "bot/verify.py", "hmac.compare_digest(sign(raw, timestamp, secret), signature)", "True"),
    Removal(25, "bot/verify.py", "if abs(now - int(timestamp)) > CLOCK_WINDOW_S:", "if now < 0:"),
    Removal(26, "bot/gateway.py", "if self.gate and code in SHUTTING:", "if self.gate and not code:"),
    Removal(27, "app.py", 'for name in ("slack_sdk", "slack_bolt", *http', "for name in (*http"),
    Removal(27, "bot/gateway.py", '_code(error).replace(hidden, "…")', "_code(error)"),
)


def failures() -> list[Failure]:
    """Return the rows of the page."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d", line)]
    return [_failure([part.strip() for part in re.split(r"(?<!\\)\|", line)[1:-1]]) for line in lines]


def _failure(cells: list[str]) -> Failure:
    number, fails, guards, tests = cells
    found = tuple(_TEST.findall(tests))
    return Failure(int(number), fails, tuple(_GUARD.findall(guards)), found, "" if found else tests)
