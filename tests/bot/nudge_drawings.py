"""Nudges and digests of every sort, full of a text."""

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from bot.digest_blocks import digest, stopped
from bot.nudge_blocks import nudges
from bot.why_blocks import why_modal
from enablement.digests import Digest, LibraryDigest, TeamDigest, TeamGap
from enablement.home import PersonUse, TeamUse
from enablement.model import NUDGE_KINDS, LibraryFigures, Nudge, NudgeKind, NudgeMeasure, Reason
from enablement.nudging import News, NudgeMessage
from enablement.why import TOLD, Explained
from tests.bot.drawings import Drawing
from tests.builders import NOW, asset, deal, suggestion

URL = "http://127.0.0.1:1"


def messages(text: str, *, count: int = 1) -> list[NudgeMessage]:
    """Return messages of each kind of nudge full of a text, with `count` deals where there may be many."""
    each = {kind: tuple(_news(kind, text, count)) for kind in NUDGE_KINDS}
    alone = [NudgeMessage("m", "U1", (one,)) for some in each.values() for one in some]
    several = NudgeMessage("m", "U1", tuple(some[0] for some in each.values()))
    later = tuple(replace(one, nudge=replace(one.nudge, state="waiting")) for one in several.news)
    return [
        *alone,
        *(NudgeMessage("m", "U1", some) for some in each.values()),
        several,
        replace(several, news=later),
        replace(several, muted=frozenset(NUDGE_KINDS)),
    ]


def digests(text: str, *, count: int = 1) -> list[Digest]:
    """Return digests of each sort full of a text, with `count` of whatever is counted."""
    named, about = replace(deal(), name=text, stage=text[:120], currency="ΕΥΡ"), asset(text)
    person = PersonUse(text, (count, count), (count, count), count, count)
    use = TeamUse((person,) * 30, (count, count), (count, count), (named,) * 9, count)
    gaps = (TeamGap(text, text, "fr", count), TeamGap("", "", "", 1))
    figures = LibraryFigures(NOW, *(count,) * 9)
    measured = tuple(NudgeMeasure(kind, *(count,) * 8) for kind in NUDGE_KINDS)
    nothing = LibraryDigest(0, (), 0, None, 0, 0, (), 0, ())
    return [
        TeamDigest(use, gaps),
        TeamDigest(replace(use, people=(person,), untouched=()), ()),
        LibraryDigest(count, (about,) * 5, count, figures, count, count, (text,) * 5, count, measured),
        replace(nothing, figures=LibraryFigures(NOW, *(0,) * 9)),
        nothing,
    ]


def _news(kind: NudgeKind, text: str, count: int) -> Sequence[News]:
    nudge = Nudge(f"n-{kind}", kind, "U1", "", "d", "a", "s", (), "sent", NOW, NOW)
    about, named = asset(text), replace(deal(), name=text)
    said = suggestion(reasons=(Reason("words", ("1", text, text, text)), Reason("stages", (text,))))
    one = News(nudge, named, about, said)
    match kind:
        case "deal_changed":
            return (
                replace(one, stage=text, joined=(text,)),
                replace(one, joined=(text,)),
                replace(one, left=(text,)),
                replace(one, asset=replace(about, audience="internal"), stage=text),
            )
        case "buyer_opened":
            seen = replace(one, suggestion=None, who=text, at=NOW)
            return seen, replace(seen, who="")
        case "replaced":
            old = replace(one, replaced=asset(text, id="old"))
            return (replace(one, replaced=about), old, *(old,) * min(count, 4))
        case "battlecard":
            return (
                replace(one, deals=(named,) * min(count, 50)),
                replace(one, nudge=replace(nudge, was=("v1",)), deals=(named,)),
            )


def told() -> Drawing:
    counts = (1, 2, 5)
    said = [one for count in counts for one in messages("Ψυχή", count=count)]
    weeks = [one for count in counts for one in digests("Ψυχή", count=count)]
    assert {one.nudge.kind for each in said for one in each.news} == set(get_args(NudgeKind))
    named, about = replace(deal(), name="Ψυχή"), asset("Ψυχή")
    whys = [suggestion(reasons=(Reason(TOLD, (by,)),), model="ω") for by in ("first", "joined", "replaced")]
    return Drawing(
        (*(nudges(one, public_url=URL) for one in said), *(digest(one, now=NOW) for one in weeks), stopped()),
        tuple(why_modal(Explained(one, about, named)) for one in whys),
    )


CASES = (told,)
