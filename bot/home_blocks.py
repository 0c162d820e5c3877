"""The Home tab as blocks: what waits to be confirmed, then the tab's own part, what was announced, the settings."""

from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import ActionsBlock, Block, DividerBlock, HeaderBlock, SectionBlock
from slack_sdk.models.views import View

from bot.announce_blocks import BEGIN, manage_button, state_of, title_of
from bot.home_deals_blocks import rep_blocks
from bot.home_operations_blocks import operations_blocks
from bot.home_overview_blocks import library_blocks, team_blocks
from bot.mrkdwn import escape, plain
from bot.parts import button, label, mrkdwn, section, small
from bot.payload import Carried
from bot.settings_blocks import settings_in_short
from enablement.announcing import Shown
from enablement.home import Home, LibraryPart, OpsPart, RepPart, TeamPart
from enablement.language import _, moment
from enablement.model import Announcement, HomeTab, Preferences

GO, TAB, SETTINGS = "home.go", "home.tab", "home.settings"
# Whatever is written: a Home tab takes 250 KB, and a Thai letter six bytes of it.
_TITLE_SHOWN, _TEXT_SHOWN = 120, 200


def home_view(home: Home, links: Mapping[str, str], *, public_url: str) -> View:
    """Return the Home tab; `links` are the addresses of messages, by receipt."""
    if home.profile.standing != "member" or not home.profile.email:
        return View(type="home", blocks=[section(escape(home.problem) or "–")])
    blocks: list[Block] = _tabs(home)
    if home.waiting:
        blocks += [_header(_("To confirm")), *_announced(home.waiting, links), DividerBlock()]
    blocks += _part(home, public_url)
    if home.pinned:
        blocks += [DividerBlock(), _header(_("Pinned")), *_announced(home.pinned, links)]
    if home.may_announce:
        begin = button(_("Announce"), BEGIN, about=_("Announcement"), carried=Carried("new"))
        sent = [_header(_("What you sent")), *map(_own, home.own)] if home.own else []
        blocks += [DividerBlock(), *sent, ActionsBlock(elements=[begin])]
    blocks += [DividerBlock(), *_settings(home)]
    return View(type="home", blocks=blocks)


def tab_name(tab: HomeTab) -> str:
    names: dict[HomeTab, str] = {
        "rep": _("My deals"),
        "manager": _("My team"),
        "enablement": _("Library"),
        "ops": _("Operations"),
        "": "–",
    }
    return names[tab]


def _tabs(home: Home) -> list[Block]:
    if len(home.tabs) < 2:
        return []
    buttons = [
        button(
            tab_name(one),
            f"{TAB}.{one}",
            about=_("Home tab"),
            carried=Carried(one),
            style="primary" if one == home.tab else None,
        )
        for one in home.tabs
    ]
    return [ActionsBlock(elements=buttons)]


def _part(home: Home, public_url: str) -> list[Block]:
    match home.part:
        case RepPart() as part:
            return rep_blocks(part, deal_id=home.state.deal_id, public_url=public_url, now=home.at)
        case TeamPart() as part:
            return team_blocks(part, now=home.at)
        case LibraryPart() as part:
            return library_blocks(part)
        case OpsPart() as part:
            return operations_blocks(part, now=home.at)
    return [section(escape(home.problem, most=1000) or "–")]


def _announced(some: Sequence[Shown], links: Mapping[str, str]) -> list[Block]:
    return [part for one in some for part in _shown(one, links)]


def _shown(one: Shown, links: Mapping[str, str]) -> list[Block]:
    text = f"*{escape(one.wording.title, most=_TITLE_SHOWN)}*\n{escape(one.wording.text, most=_TEXT_SHOWN)}"
    address = links.get(one.receipt.id)
    go = button(_("Open"), GO, about=one.wording.title, url=address) if address else None
    sent = one.receipt.delivered_at
    line = (
        [
            small(
                _(
                    "Sent by {author}, {moment}",
                    author=plain(one.author, most=_TITLE_SHOWN),
                    moment=moment(sent),
                )
            )
        ]
        if sent
        else []
    )
    return [SectionBlock(text=mrkdwn(text), accessory=go), *line]


def _own(one: Announcement) -> SectionBlock:
    text = f"*{escape(title_of(one), most=_TITLE_SHOWN)}*\n{escape(state_of(one))}"
    return SectionBlock(text=mrkdwn(text), accessory=manage_button(one))


def _settings(home: Home) -> list[Block]:
    change = button(_("Change"), SETTINGS, about=_("Settings"), carried=Carried("settings"))
    chosen = home.preferences or Preferences(home.profile.slack_id)
    said = escape(settings_in_short(chosen, home.quiet_hours), most=400)
    return [SectionBlock(text=mrkdwn(f"*{_('Settings')}*\n{said}"), accessory=change)]


def _header(text: str) -> HeaderBlock:
    return HeaderBlock(text=label(text))
