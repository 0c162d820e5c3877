"""What those who run Touchline see on their Home tab: whether all is well, what is not, what to do, who is what."""

from datetime import datetime, timedelta

from slack_sdk.models.blocks import Block, DividerBlock, HeaderBlock, SectionBlock

from bot.mrkdwn import escape, plain
from bot.parts import button, label, mrkdwn, section, small
from bot.payload import Carried
from enablement.home import OpsPart, RoleSource, Wrong
from enablement.language import _, clock, in_a_row, ngettext, span
from enablement.model import ROLES, Role

RETRY = "home.retry"
_MOST_WRONG, _MOST_SOURCES = 12, 6
_NAME, _SOURCE = 80, 400
# What was not done when rows of a kind are given up, by how the kind begins.
_LOST = (
    (("crm.touch", "crm.asset", "crm.suggest", "crm.summary"), "written"),
    (("announce.", "library.notice", "nudge", "digest"), "told"),
    (("library.take_in", "library.upload"), "filed"),
    (("people.forget",), "forgotten"),
    (("ask.", "deals.brief", "library.offer", "library.holdings", "evidence.view"), "answered"),
    (("evidence.picture", "saved.", "requests.", "home.show", "links.show"), "answered"),
)


def operations_blocks(part: OpsPart, *, now: datetime) -> list[Block]:
    """Draw how the installation is: the header says whether it is well, and words are for what is not."""
    shown = part.wrong[:_MOST_WRONG]
    head = (
        ngettext("One thing needs you", "{n} things need you", len(part.wrong))
        if part.wrong
        else _("Touchline is well")
    )
    return [
        HeaderBlock(text=label(head)),
        *(block for one in shown for block in _wrong(one, part, now)),
        *_retried(part, now),
        DividerBlock(),
        section("\n".join(f"• {escape(one, most=400)}" for one in _figures(part, now))),
        *_roles(part.roles),
    ]


def _wrong(one: Wrong, part: OpsPart, now: datetime) -> list[Block]:
    since = [small(_("Since {moment}", moment=clock(one.since, now=now)))] if one.since else []
    if one.kind == "dead letters":
        return [_dead(part), *since]
    what, remedy = _said(one, part)
    return [section(f"*{escape(what, most=400)}*\n{escape(remedy, most=600)}"), *since]


def _dead(part: OpsPart) -> SectionBlock:
    count = sum(number for _kind, number in part.dead)
    what = ngettext("One task was given up", "{n} tasks were given up", count)
    lost: dict[str, list[tuple[str, int]]] = {}
    for kind, number in part.dead:
        name = next((name for begins, name in _LOST if kind.startswith(begins)), "scheduled")
        lost.setdefault(name, []).append((kind, number))
    lines = [f"• {escape(_lost(name, kinds), most=400)}" for name, kinds in lost.items()]
    remedy = _("`touchline outbox` says why each one failed. Mend that first.")
    again = button(_("Try again"), RETRY, about=what, carried=Carried("retry"))
    text = "\n".join((f"*{escape(what)}*", *lines, escape(remedy)))
    return SectionBlock(text=mrkdwn(text), accessory=again)


def _lost(name: str, kinds: list[tuple[str, int]]) -> str:
    what = {
        "written": _("not written to Salesforce"),
        "told": _("messages that did not reach somebody"),
        "filed": _("files not taken into the library"),
        "forgotten": _("people not forgotten"),
        "answered": _("questions without an answer"),
        "scheduled": _("rounds of a schedule; the next one comes by itself"),
    }[name]
    counted = in_a_row(f"{number} × {kind}" for kind, number in kinds)
    return _("{what} ({kinds})", what=what, kinds=counted)


def _retried(part: OpsPart, now: datetime) -> list[Block]:
    if part.retried is None:
        return []
    at = clock(part.retried.at, now=now)
    return [
        small(
            _("Tried again at {moment} by {person}", moment=at, person=plain(part.retried.email, most=_NAME))
        )
    ]


def _said(one: Wrong, part: OpsPart) -> tuple[str, str]:
    """Return what is wrong, and what to do about it."""
    match one.kind:
        case "relay":
            return _("Nobody keeps the schedules"), _(
                "Deals are not read and nothing is watched. Start `touchline relay`."
            )
        case "lane":
            return _("Work in the lane {lane} waits too long", lane=one.subject), _(
                "Do `touchline worker {lane}` and `touchline relay` run? The end of their logs says more.",
                lane=one.subject,
            )
        case "following":
            return _("Changed deals wait to be read"), _("Do the workers of the lanes write and compute run?")
        case "hooks":
            return _("Salesforce's hooks are silent, although deals change"), _(
                "Is the flow in Salesforce active? Deals are read all the same, only later."
            )
        case "reading":
            return _("The deals have not been read for long"), _(
                "`touchline deals sync` reads them now and says what keeps it."
            )
        case "schedules":
            return _("Overdue: {kinds}", kinds=in_a_row(part.overdue)), _("The logs of the workers say why.")
        case "index":
            return _("Search is behind the library"), _(
                "Does the worker of the lane compute run? Is the disk full?"
            )
        case "budget":
            return _("Most of today's API calls of the Salesforce org are used"), _(
                "In Salesforce, Setup → System Overview says who uses them. Without any left, nobody is shown a deal."
            )
        case "calls":
            return _("Calls to {name} fail", name=one.subject), _(
                "Nothing is lost. `touchline doctor` tries the connection and says what to do."
            )
        case "mapping":
            return _("Salesforce does not have the field {field} any more", field=one.subject), _(
                "Bring it back, let the integration user read it, or correct the mapping and restart."
            )
        case "evidence" if one.subject == "lessons":
            return _("What was learned from deals can't be read"), _(
                "`touchline evidence learn --now` learns anew."
            )
        case "evidence":
            return _("Learning from deals failed"), _(
                "What was learned before stays in use. `touchline evidence runs` says why."
            )
    return one.said, _("`touchline doctor` says what to do.")


def _figures(part: OpsPart, now: datetime) -> list[str]:
    def at(when: datetime | None) -> str:
        return clock(when, now=now) if when else "–"

    failed = in_a_row(f"{name} {count}" for name, count in part.failed)
    waits = in_a_row(f"{one.lane} {one.count}" for one in part.waiting)
    return [
        _(
            "Deals read: {read}; written to Salesforce: {written}",
            read=at(part.read),
            written=at(part.written),
        ),
        _("Compared with Salesforce: {compared}", compared=at(part.compared)),
        *_hooks(part, now),
        _("Failed calls today: {calls}", calls=failed or _("none")),
        _("Work that waits: {work}", work=waits or _("none")),
        _index(part),
        _learned(part, now),
    ]


def _hooks(part: OpsPart, now: datetime) -> list[str]:
    if part.hooked is None:
        return [_("Hooks of Salesforce: none heard yet")]
    heard = _("Last hook of Salesforce: {moment}", moment=clock(part.hooked, now=now))
    if part.slowest is None:
        return [heard]
    slowest = span(timedelta(seconds=part.slowest))
    return [heard, _("Slowest change of the last hour, from Salesforce to here: {span}", span=slowest)]


def _index(part: OpsPart) -> str:
    if part.published is None:
        return _("Search: version {number}", number=part.indexed)
    published = ngettext("one asset published", "{n} assets published", part.published)
    return _("Search: version {number}, {published}", number=part.indexed, published=published)


def _learned(part: OpsPart, now: datetime) -> str:
    if part.learned is None:
        return _("Learning from deals: not yet")
    states = {
        "learning": _("under way"),
        "in_use": _("in use"),
        "retired": _("replaced"),
        "refused": _("refused by its checks"),
        "failed": _("failed"),
    }
    state = states.get(part.learned.state, part.learned.state)
    return _(
        "Learning from deals: {moment}, {state}", moment=clock(part.learned.begun_at, now=now), state=state
    )


def _roles(sources: tuple[RoleSource, ...] | None) -> list[Block]:
    if sources is None:
        return []
    held = {role: [one for one in sources if one.role == role] for role in ROLES}
    return [
        DividerBlock(),
        HeaderBlock(text=label(_("Who is what"))),
        *(section(_held(role, some)) for role, some in held.items() if some),
        small(
            _("Set with TOUCHLINE_ROLES. `touchline audit` says who was given which role, and who did what.")
        ),
    ]


def _held(role: Role, sources: list[RoleSource]) -> str:
    lines = [f"• {escape(_source(one), most=_SOURCE)}" for one in sources[:_MOST_SOURCES]]
    if len(sources) > _MOST_SOURCES:
        lines.append(escape(ngettext("one more", "{n} more", len(sources) - _MOST_SOURCES)))
    return "\n".join((f"*{escape(role_name(role))}*", *lines))


def _source(one: RoleSource) -> str:
    names = [plain(name, most=_NAME) for name in one.names]
    if one.count > len(names):
        names.append(ngettext("one more", "{n} more", one.count - len(names)))
    said = in_a_row(names) or _("nobody")
    return _("{facet}: {value}", facet=plain(one.source, most=_NAME), value=said) if one.source else said


def role_name(role: Role) -> str:
    names: dict[Role, str] = {
        "rep": _("Rep"),
        "manager": _("Manager"),
        "enablement": _("Enablement"),
        "ops": _("Operations"),
        "admin": _("Administration"),
    }
    return names[role]
