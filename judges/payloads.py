"""Let the TypeScript compiler judge all that Touchline draws, and its manifest, by Slack's own types."""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import yaml
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.blocks import help_text, reply, text_block
from bot.sent_blocks import Links, links_modal
from bot.share_blocks import share_modal, sorry_modal
from bot.why_blocks import why_modal
from enablement import effects
from enablement.answering import Answer, Done, Picker, Refusal, Reply, Shown
from enablement.language import speaking
from enablement.model import Basis, Feedback, How, Reason
from enablement.sent import Sent
from enablement.sharing import Shareable
from enablement.why import Explained
from judges.stage import HERE, MODULES, NODE, ROOT, node_environment
from judges.tally import Tally, Wrong
from tests.bot.drawings import rows
from tests.bot.test_languages import CASES, LOCALES
from tests.builders import NOW, ask, asset, contact, deal, feedback, share, suggestion

URL = "https://touchline.example"
# What people type and what CRMs hold: markup, mentions, other scripts, and more than Slack takes.
HOSTILE = "<!channel> *a* _b_ `c` & <@U1> <https://x.example|y> \u202e漢字 ไทย 😀 \"'\\ " + "long " * 800
_BROKEN = (
    ("KnownBlock[]", [{"type": "section", "text": {"type": "markdown", "text": "no such kind of text"}}]),
    ("KnownBlock[]", [{"type": "actions"}]),
    ("KnownBlock[]", [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}, "colour": "red"}]),
    ("View", {"type": "modal", "blocks": []}),
    ("Manifest", {"display_information": {"name": "x"}, "oauth_config": {"scopes": {"bot": ["chat:wriet"]}}}),
    (
        "Manifest",
        {
            "display_information": {"name": "x"},
            "settings": {"event_subscriptions": {"bot_events": ["app_menton"]}},
        },
    ),
)
# What Slack documents and its types do not name yet.
_NEWER_THAN_THE_TYPES = ("assistant:write", "agent_session_stopped")
_NEWER_BLOCKS = ("data_visualization",)
# Fields whose types are lists of strings.
_OF_A_FEW = ("type", "style", "slack_file", "display")
_ERROR = re.compile(r"payloads\.ts[:(](\d+)[:,]\d+\)?:? (?:- )?error (.*)")


def golden() -> Iterator[tuple[str, str, Any]]:
    """Return name, TypeScript type and JSON of every payload."""
    for name, said in _replies():
        blocks, text = reply(said, public_url=URL, now=NOW)
        yield name, "KnownBlock[]", _plain(blocks)
        yield f"{name}: its text", "string", text
    yield "help", "KnownBlock[]", _plain([text_block(help_text())])
    for name, view in _views():
        yield name, "View", view.to_dict()
    yield from _drawn()
    yield "manifest.yml", "Manifest", _manifest()


def _drawn() -> Iterator[tuple[str, str, Any]]:
    """Yield what the tests draw of every surface, in every language: of payloads that differ in their words alone, one.

    To the compiler a word is a word; that each of them is short enough is for the local Slack's checks.
    """
    for locale in LOCALES:
        seen: set[str] = set()
        for case in CASES:
            with speaking(locale):
                drawn = list(rows(case()))
            for number, row in enumerate(drawn):
                shape = json.dumps(_shape(row), sort_keys=True)
                if shape in seen:
                    continue
                seen.add(shape)
                name = f"{case.__module__}.{case.__name__} {number} in {locale}"
                if isinstance(row, dict):
                    yield name, "View", row
                else:
                    yield name, "KnownBlock[]", [one for one in row if one["type"] not in _NEWER_BLOCKS]


def _shape(part: Any, name: str = "") -> Any:
    """Return what the compiler looks at: names, kinds of values, and the strings that are one of a few."""
    if isinstance(part, dict):
        return {key: _shape(value, key) for key, value in part.items()}
    if isinstance(part, list):
        found: list[Any] = []
        for one in map(_shape, part):
            if one not in found:
                found.append(one)
        return found
    return part if name in _OF_A_FEW or isinstance(part, bool) else type(part).__name__


def _replies() -> Iterator[tuple[str, Reply]]:
    for basis in get_args(Basis):
        for how in get_args(How):
            yield f"answer by {basis}, deal {how}", _answer(basis=basis, how=how)
    yield "answer without assets", _answer(basis="nothing", shown=())
    yield "answer before outsiders", _answer(customers_only=True)
    yield "answer with five assets", _answer(shown=tuple(_shown(rank) for rank in range(1, 6)))
    yield "answer with an internal asset", _answer(shown=(_shown(1, audience="internal"),))
    yield "answer with a dismissed asset", _answer(shown=(_shown(1), _shown(2, noted=feedback())))
    yield (
        "hostile answer",
        _answer(
            ask=ask(HOSTILE),
            deal=deal(HOSTILE, stage=HOSTILE, currency=HOSTILE),
            shown=(_shown(1, title=HOSTILE, kind=HOSTILE, language=HOSTILE, owner=HOSTILE),),
        ),
    )
    bare = deal("Bare", account="", stage="", amount=None, currency="", close_date=None)
    yield "answer about a bare deal", _answer(deal=bare)
    for count in (1, 2, 100, 140):
        yield (
            f"picker of {count}",
            Picker(ask("x"), tuple(deal(f"Deal {n}") for n in range(count)), "Which deal?"),
        )
    yield "picker of a bare deal", Picker(ask(""), (bare,), "Which deal?")
    yield "hostile picker", Picker(ask(HOSTILE), (deal(HOSTILE, stage=HOSTILE),), HOSTILE)
    for text in ("There is no open deal of yours.", HOSTILE):
        yield f"refusal {text[:9]}", Refusal(ask("x"), text)
        yield f"done {text[:9]}", Done(ask("x"), text)


def _views() -> Iterator[tuple[str, View]]:
    what = Shareable(suggestion(), asset(), deal())
    hostile = Shareable(suggestion(), asset(HOSTILE, id="a"), deal(HOSTILE))
    for count in (0, 1, 10, 30):
        contacts = [contact(f"Person{n} Lund", id=f"003{n}") for n in range(count)]
        yield f"share modal, {count} contacts", share_modal(what, contacts, now=NOW)
    yield "hostile share modal", share_modal(hostile, [contact(HOSTILE, id="c", role=HOSTILE)], now=NOW)
    for name, one, made in (
        ("on record", what, share()),
        ("off record", what, share(on_record=False)),
        ("hostile", hostile, share(recipient_name=HOSTILE, note=HOSTILE)),
    ):
        for state in (Sent(made), Sent(made, is_opened=True), Sent(made, is_undone=True)):
            yield f"links modal, {name}", _links_modal(one, [state])
    many = [Sent(share(id=f"s{n}", recipient=f"p{n}@buyer.example")) for n in range(20)]
    yield "links modal, 20 people", _links_modal(what, many)
    for text in ("Not now.", HOSTILE):
        yield f"sorry modal {text[:9]}", sorry_modal(text)
    for name, one in (("plain", what), ("hostile", hostile)):
        evidence = Reason(
            "evidence", ("helps", "0.06", "0.03", "0.09", "38", name, "", "9", "31", "4", "52", name)
        )
        explained = Explained(replace(one.suggestion, reasons=(evidence,)), one.asset, one.deal)
        found = effects.finding(explained.suggestion.reasons)
        yield f"why modal, {name}", why_modal(replace(explained, found=found))


def _links_modal(what: Shareable, some: list[Sent]) -> View:
    links = Links(what.suggestion.id, tuple(one.share.id for one in some), URL)
    return links_modal(what.asset.title, what.asset, some, links=links, public_url=URL, now=NOW)


def main() -> int:
    """Compile all payloads and return the exit code."""
    tally = Tally()
    payloads = list(golden())
    complaints = _compile([(kind, payload) for _, kind, payload in payloads])
    for line, (name, _, _) in enumerate(payloads, start=1):
        with tally.check(name):
            if line in complaints:
                raise Wrong(complaints[line])
    broken = _compile(_BROKEN)
    for line, (_, payload) in enumerate(_BROKEN, start=1):
        with tally.check(f"what is broken is refused: {payload}"):
            if line not in broken:
                raise Wrong("the compiler takes it")
    return tally.close()


def _compile(payloads: Sequence[tuple[str, Any]]) -> dict[int, str]:
    """Return what the compiler says, by the number of the payload, which is that of its line."""
    lines = [
        f"export const p{n}: {kind} = {json.dumps(payload, ensure_ascii=True)};"
        for n, (kind, payload) in enumerate(payloads, start=1)
    ]
    lines += [
        "import type { KnownBlock, View } from '@slack/types';",
        "import type { AppsManifestValidateArguments } from '@slack/web-api';",
        "type Manifest = Exclude<AppsManifestValidateArguments['manifest'], string>;",
    ]
    with tempfile.TemporaryDirectory(dir=MODULES, prefix=".payloads-") as folder:
        source = Path(folder) / "payloads.ts"
        source.write_text("\n".join(lines), encoding="utf-8")
        checked = ("--noEmit", "--strict", "--skipLibCheck", "--pretty", "false", "--types", "")
        done = subprocess.run(
            [NODE, MODULES / "typescript" / "bin" / "tsc", *checked, source],
            cwd=HERE,
            env=node_environment({}),
            stdout=subprocess.PIPE,
            text=True,
            timeout=300,
            check=False,
        )
    found = {int(match[1]): match[2] for match in _ERROR.finditer(done.stdout)}
    if (done.returncode != 0) is not bool(found):
        raise Wrong(f"tsc ended with {done.returncode}: {done.stdout[:1000]}")
    return found


def _manifest() -> Any:
    return _known(yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8")))


def _known(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _known(one) for name, one in part.items()}
    if isinstance(part, list):
        return [_known(one) for one in part if one not in _NEWER_THAN_THE_TYPES]
    return part


def _answer(**changes: Any) -> Answer:
    given: dict[str, Any] = {
        "ask": ask(),
        "deal": deal(),
        "how": "named",
        "basis": "words",
        "customers_only": False,
        "shown": (_shown(1),),
    }
    return Answer(**{**given, **changes})


def _shown(rank: int, *, noted: Feedback | None = None, **changes: Any) -> Shown:
    title = changes.pop("title", f"Asset {rank}")
    reasons = (Reason("words", ("3", title, "pricing")), Reason("stages", ("Negotiation",)))
    one = asset(title, id=f"asset {rank}", updated_at=NOW - timedelta(days=40), **changes)
    made = suggestion(id=f"suggestion {rank}", rank=rank, asset_id=one.id, reasons=reasons)
    return Shown(made, one, noted)


def _plain(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    return [block.to_dict() for block in blocks]


if __name__ == "__main__":
    sys.exit(main())
