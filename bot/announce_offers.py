"""What the menus of an announcement offer: the library's assets, teams by who heads them, Slack's groups."""

from collections.abc import Mapping

from slack_sdk.models.blocks import Option, OptionGroup

from bot.announce_audience import ABOUT_FACETS, GROUPS, ROLE, TEAM, Offered
from bot.announce_channels import CALLED_GROUPS, groups_called
from bot.announce_form import ASSETS
from bot.gateway import NotThere, SlackGateway
from bot.mrkdwn import clean
from bot.parts import option
from bot.suggestions import MOST, facets
from enablement.access import is_valid
from enablement.announcing import right_of, roles_open_to
from enablement.language import _, enumerated
from enablement.model import Announcement
from enablement.ports import Services, TryLater, Undeliverable


def offered(one: Announcement, slack_id: str, services: Services, gateway: SlackGateway) -> Offered:
    """Return what the audience's menus offer to somebody, and what they call that which is chosen."""
    begins, ends = services.quiet_hours
    return Offered(
        everyone=right_of(slack_id, services).whom == "everyone",
        teams=team_names(slack_id, services),
        groups=group_names(gateway) if one.aim.groups or groups_called(one) else {},
        stages=[stage.name for stage in services.mirror.stages() if not stage.is_closed],
        quiet=f"{begins:%H:%M}–{ends:%H:%M}",
    )


def suggested(
    menu: str, typed: str, slack_id: str, services: Services, gateway: SlackGateway
) -> list[Option]:
    """Return what a menu of assets, of teams or of Slack's groups offers for what was typed into it so far."""
    typed = clean(typed)
    if menu == ASSETS:
        today = services.clock().date()
        found = services.catalog.assets_like(typed, limit=MOST)
        return [option(one.id, one.title, one.kind) for one in found if is_valid(one, on=today)]
    known = group_names(gateway) if menu in (GROUPS, CALLED_GROUPS) else team_names(slack_id, services)
    folded = typed.casefold()
    return [option(value, text) for value, text in known.items() if folded in text.casefold()][:MOST]


def suggested_about(typed: str, services: Services) -> list[OptionGroup]:
    """Return what deals can be about, for what was typed so far."""
    groups = [
        OptionGroup(label=group.label, options=[one for one in group.options or [] if _is_of_deals(one)])
        for group in facets(clean(typed), services)
    ]
    return [group for group in groups if group.options]


def team_names(slack_id: str, services: Services) -> dict[str, str]:
    """Return the teams and roles that a person may announce to, called by who holds them, teams first."""
    parents = {role.parent_id for role in services.mirror.roles()}
    names = {role: enumerated(held[:2]) for role, held in roles_open_to(slack_id, services).items()}
    return {
        **{
            f"{TEAM}{role}": _("{names} and team", names=said)
            for role, said in names.items()
            if role in parents
        },
        **{f"{ROLE}{role}": _("In the role of {names}", names=said) for role, said in names.items()},
    }


def group_names(gateway: SlackGateway) -> Mapping[str, str]:
    """Return Slack's groups by id; none where Slack does not say."""
    try:
        return {str(one["id"]): f"@{one['handle']}" for one in gateway.groups()}
    except (NotThere, TryLater, Undeliverable):
        return {}


def _is_of_deals(one: Option) -> bool:
    return str(one.value).partition(":")[0] in ABOUT_FACETS
