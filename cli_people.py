"""`touchline people …`: who in Slack is who in Salesforce, where their e-mails do not say so."""

import json
import re
from dataclasses import asdict
from typing import Annotated
from uuid import uuid4

import typer
from rich.markup import escape
from rich.table import Table

from crm.ids import NotAnId, sf_id
from enablement.forgetting import forget
from enablement.model import Audit, CrmUser, Forgotten, PersonLink, key
from enablement.ports import Mirror
from terminal import AsJson, Failed, open_services, out

people_cli = typer.Typer(no_args_is_help=True, help="Who in Slack is who in Salesforce.")
_SLACK_ID = re.compile(r"[UW][A-Z0-9]{2,}")
SlackId = Annotated[
    str, typer.Argument(help="The member ID in Slack: profile → ⋮ → Copy member ID (U… or W…).")
]
By = Annotated[str, typer.Option("--as", help="Your e-mail: it is noted who did it.")]


@people_cli.command("link")
def link(
    slack_id: SlackId,
    salesforce_user: Annotated[
        str, typer.Argument(help="The id (005…) or the e-mail of the Salesforce user.")
    ],
    by: By = "",
) -> None:
    """Say that a Slack member is this Salesforce user, whatever their e-mails are."""
    services = open_services(doors=False)
    now = services.clock()
    user = _user(salesforce_user, services.mirror)
    one = PersonLink(_checked(slack_id), user.id, _email(by), now)
    audit = Audit(_new_id(), one.set_by, "people.link", one.slack_id, f"Salesforce user {user.id}", now)
    services.people.keep(one, audit)
    out.print(escape(f"{one.slack_id} is {user.name} ({user.id})."), highlight=False, soft_wrap=True)


@people_cli.command("unlink")
def unlink(slack_id: SlackId, by: By = "") -> None:
    """Take a link back: then the e-mail decides again."""
    services = open_services(doors=False)
    audit = Audit(_new_id(), _email(by), "people.unlink", _checked(slack_id), "", services.clock())
    if not services.people.drop(slack_id, audit):
        raise Failed(f"{slack_id} is not linked. `touchline people list` shows who is.")
    out.print(escape(f"{slack_id} is not linked any more."), highlight=False)


@people_cli.command("forget")
def forget_person(
    who: Annotated[str, typer.Argument(help="Their e-mail, or their member ID in Slack (U… or W…).")],
    by: By = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove or rename all that names a person, in every table, and search for what is left; there is no way back."""
    said, ordered_by = (who.lower() if "@" in who else _checked(who)), _email(by)
    services = open_services(doors=False)
    if not yes:
        typer.confirm(f"Forget {said} for good?", abort=True, err=True)
    done = forget(said, services, by=ordered_by, now=services.clock())
    if as_json:
        print(json.dumps(asdict(done), ensure_ascii=False))
        return
    if not done.handled:
        out.print(escape(f"Nothing here names {said}."), highlight=False, soft_wrap=True)
    else:
        _print_forgotten(done)
    for line in done.back:
        out.print(escape(line), style="yellow", highlight=False, soft_wrap=True)


def _print_forgotten(done: Forgotten) -> None:
    table = Table("table", "removed", "renamed", box=None, header_style="bold")
    for one in done.handled:
        table.add_row(one.table, str(one.removed), str(one.changed))
    out.print(table)
    out.print(f"Where a row stayed, it says {done.pseudonym} now.", highlight=False)
    if done.told_crm:
        out.print(f"Salesforce is told of {done.told_crm} touches.", highlight=False)
    out.print(f"Searched every column of text: {len(done.left) or 'nothing'} left.", highlight=False)
    for left in done.left:
        why = left.why or "written meanwhile? Do this once more."
        out.print(escape(f"  {left.table}.{left.column}: {left.rows} rows – {why}"), highlight=False)


@people_cli.command("list")
def list_links(as_json: AsJson = False) -> None:
    """List the links, with who set them."""
    services = open_services(doors=False)
    links = services.people.links()
    if as_json:
        print(json.dumps([asdict(one) for one in links], default=str))
        return
    table = Table("Slack", "Salesforce", "name", "set by", "on", box=None, header_style="bold")
    for one in links:
        user = services.mirror.user(one.crm_user_id)
        name = user.name + ("" if user.is_active else " (not active)") if user else "(not known)"
        row = (one.slack_id, one.crm_user_id, name, one.set_by, f"{one.at:%d %b %Y}")
        table.add_row(*map(escape, row))
    out.print(table if links else "Nobody is linked: e-mails say who is who.")


def _user(said: str, mirror: Mirror) -> CrmUser:
    """Return the active Salesforce user with this id or e-mail."""
    if "@" in said:
        found = [one for one in mirror.users_by_email(said) if one.is_active]
        if len(found) > 1:
            names = "".join(f"\n  {one.id}  {one.name}" for one in found)
            raise Failed(
                f"{len(found)} active Salesforce users have the e-mail {said}; name one by its id:{names}"
            )
        user = found[0] if found else None
    else:
        user = mirror.user(_sf_id(said))
    if user is None or not user.is_active:
        raise Failed(
            f"No active Salesforce user is known as “{said}”. `touchline deals sync` reads those of today."
        )
    return user


def _sf_id(said: str) -> str:
    try:
        return sf_id(said)
    except NotAnId as error:
        raise Failed(f"“{said}” is neither an e-mail nor the id of a Salesforce user (005…).") from error


def _checked(slack_id: str) -> str:
    if not _SLACK_ID.fullmatch(slack_id):
        raise Failed(f"“{slack_id}” is not the ID of a Slack member: it begins with U or W.")
    return slack_id


def _email(by: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", by):
        raise Failed("Say who does this: --as you@example.com")
    return by.lower()


def _new_id() -> str:
    return key("audit", uuid4().hex)
