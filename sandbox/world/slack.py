"""Draw the Slack workspace of the same company: the same people, the demo's channels, and a few outsiders."""

from hashlib import sha256

from sandbox.world.company import PROTAGONIST, PROTAGONIST_MANAGER
from sandbox.world.model import Person, World
from sandbox.world.names import slug

BOT_USER = "U0TOUCHLINE"
_BOT = {"user_id": BOT_USER, "bot_id": "B0TOUCHLINE", "name": "Touchline"}


def slack_workspace(world: World) -> dict[str, object]:
    """Write the workspace in the form in which the local Slack takes it."""
    colleagues = [_member(person) for person in world.people]
    by_email = {str(member["email"]): str(member["id"]) for member in colleagues}
    enablement = [by_email[person.email] for person in world.people if person.job == "enablement"]
    emea = [by_email[person.email] for person in world.people if _sells_in_emea(person)]
    everybody = list(by_email.values())
    norfield = [by_email[PROTAGONIST], by_email[PROTAGONIST_MANAGER], *enablement]
    guest, stranger, leaver = _outsiders(world.domain)
    shared = [by_email[PROTAGONIST], str(guest["id"]), str(stranger["id"])]
    return {
        "team": {"id": "T0STOWMARK", "name": world.company, "domain": slug(world.company)},
        "users": [*colleagues, guest, stranger, leaver],
        "channels": [
            _channel("C0NORFIELD", "deal-norfield", norfield, is_private=True),
            _channel("C0SALESEMEA", "sales-emea", emea),
            _channel("C0WINS", "wins", everybody),
            _channel("C0ENABLE", "enablement", everybody),
            _channel("C0EXTNORF", "ext-norfield", shared, is_ext_shared=True),
        ],
        "bot": _BOT,
    }


def _sells_in_emea(person: Person) -> bool:
    return person.role.endswith("EMEA") or person.job in ("vp", "enablement")


def _member(person: Person) -> dict[str, object]:
    return {
        **_user(person.name, person.email, person.locale, person.time_zone),
        "avatar_color": person.avatar_color,
    }


def _outsiders(domain: str) -> tuple[dict[str, object], dict[str, object], dict[str, object]]:
    """Give an agency's guest, a buyer who comes in through the shared channel, and a rep who left."""
    guest = _user("Theo Lindqvist", "theo@brightfold.example", "en-GB", "Europe/London")
    stranger = _user("Aoife Brannigan", "aoife.brannigan@norfieldfoods.example", "en-GB", "Europe/Dublin")
    leaver = _user("Gareth Pryce", f"gareth.pryce@{domain}", "en-GB", "Europe/London")
    return {**guest, "is_restricted": True}, {**stranger, "is_stranger": True}, {**leaver, "deleted": True}


def _user(name: str, email: str, locale: str, time_zone: str) -> dict[str, object]:
    # The id follows the e-mail, so that a world with other people keeps the ids of those it shares.
    code = sha256(email.encode()).hexdigest()[:9].upper()
    return {
        "id": f"U0{code}",
        "name": slug(name.replace(" ", "")),
        "real_name": name,
        "email": email,
        "locale": locale,
        "tz": time_zone,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_stranger": False,
        "deleted": False,
        "is_bot": False,
        "avatar_color": f"#{code[:6].lower()}",
    }


def _channel(
    channel_id: str, name: str, members: list[str], *, is_private: bool = False, is_ext_shared: bool = False
) -> dict[str, object]:
    return {
        "id": channel_id,
        "name": name,
        "is_private": is_private,
        "is_ext_shared": is_ext_shared,
        "members": [*members, BOT_USER],
    }
