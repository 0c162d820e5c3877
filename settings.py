"""Settings: the environment read once, into one frozen value; all that is missing is said together."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from crm.hooks.signed import signing_key
from crm.ids import sf_id
from enablement.model import ROLES, RoleRule

T = TypeVar("T")
Network = IPv4Network | IPv6Network
# numpy reads these once, when it is imported, so `app` imports this module first. Under load a question took 450 ms
# with numpy's own two threads and 2 ms with one; we scale by processes.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

# Where a running demo leaves its settings, so that commands typed beside it speak to it.
DEMO_ENVIRONMENT = Path("var/demo/environment")
# In days and in seconds; far beyond them no date can be reckoned with.
MOST_LINK_DAYS, MOST_SYNC_S = 36_500, 86_400
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_GROUP = re.compile(r"@[\w.-]+|S[A-Z0-9]{2,}")
_CRM_SOURCE = re.compile(r"(?:profile|permission-set):\S.*")
_SHARE = re.compile(r"\d*\.?\d+")
_UNGUESSABLE = re.compile(r"[A-Za-z0-9_-]{32,}")
_CHANNEL = re.compile(r"[CGD][A-Z0-9]{2,}")
_OURS = ("SLACK_", "SALESFORCE_", "DATABASE_URL", "REDIS_URL", "TOUCHLINE_DATA")


class MissingSettings(Exception):
    """Some settings are not there or can't be used; the message lists each with what it is for."""


@dataclass(frozen=True)
class Settings:
    """All that an installation may choose. Secrets do not show in `repr`."""

    slack_signing_secrets: tuple[str, ...] = field(repr=False)
    slack_bot_token: str = field(repr=False)
    salesforce_url: str
    salesforce_client_id: str
    salesforce_client_secret: str = field(default="", repr=False)
    salesforce_username: str = ""
    salesforce_private_key: str = field(default="", repr=False)
    salesforce_audience: str = "https://login.salesforce.com"
    salesforce_mapping: Path | None = None
    salesforce_file_libraries: tuple[str, ...] = ()
    salesforce_deal_summary: bool = False
    salesforce_suggestions: bool = True
    # The part of the org's daily API calls up to which work that can wait goes on.
    salesforce_api_share: float = 0.5
    salesforce_org_id: str = ""
    salesforce_outbound_path: str = field(default="", repr=False)
    salesforce_outbound_networks: tuple[Network, ...] = ()
    salesforce_hook_secrets: tuple[str, ...] = field(default=(), repr=False)
    slack_api_url: str = "https://slack.com/api/"
    # Set: Slack's requests come over WebSockets that we open (Socket Mode).
    slack_app_token: str = field(default="", repr=False)
    # An address may hold a password.
    database_url: str = field(default="sqlite:///var/touchline.db", repr=False)
    redis_url: str = field(default="", repr=False)
    data_dir: Path = Path("var")
    public_url: str = "http://127.0.0.1:3000"
    # Whose word on where a request came from is believed.
    trusted_proxies: tuple[Network, ...] = ()
    link_days: int = 90
    sync_every_s: int = 300
    librarians: tuple[str, ...] = ()
    announcers: tuple[str, ...] = ()
    role_rules: tuple[RoleRule, ...] = ()
    announce_approval: str = ""
    announce_per_minute: int = 300
    nudges_per_day: int = 3
    quiet_hours: tuple[time, time] = (time(20), time(8))
    confirm_beyond: int = 50
    # Where incidents are told; empty: in the log alone.
    ops_channel: str = ""
    embedder: str = "use"
    # In tokens, for what the library says; only a service counts them.
    embed_budget: int = 20_000_000
    openai_api_key: str = field(default="", repr=False)
    openai_base_url: str = "https://api.openai.com/v1"
    openai_embedding_model: str = "text-embedding-3-small"
    openai_embedding_prefixes: str = "auto"


@dataclass(frozen=True)
class _Wanted:
    name: str
    purpose: str
    where: str


_NEEDED = (
    _Wanted(
        "SLACK_SIGNING_SECRET", "to know Slack's requests from forged ones", "Slack app → Basic Information"
    ),
    _Wanted("SLACK_BOT_TOKEN", "to answer in Slack", "Slack app → OAuth & Permissions (xoxb-…)"),
    _Wanted("SALESFORCE_URL", "your org's address", "Setup → My Domain (https://….my.salesforce.com)"),
    _Wanted("SALESFORCE_CLIENT_ID", "to sign in to Salesforce", "Setup → External Client App Manager"),
)
_LOGIN = _Wanted(
    "SALESFORCE_CLIENT_SECRET or SALESFORCE_USERNAME with SALESFORCE_PRIVATE_KEY",
    "to sign in to Salesforce",
    "Setup → External Client App Manager",
)

_ORG = _Wanted(
    "SALESFORCE_ORG_ID",
    "only this org's hooks are taken",
    "Setup → Company Information → Salesforce.com Organization ID",
)
_OPENAI_KEY = _Wanted(
    "OPENAI_API_KEY", "TOUCHLINE_EMBEDDER is openai", "platform.openai.com → API keys; or set OPENAI_BASE_URL"
)


def read_settings(environ: Mapping[str, str] | None = None, *, doors: bool = True) -> Settings:
    """Read the settings; raises MissingSettings with all that is wrong at once.

    Each name may also be given as NAME_FILE: the path of a file that holds the value. `doors`: Slack's and Salesforce's
    are needed. Where nothing at all is set and a demo was started here, the demo's are taken.
    """
    said = _or_demo(os.environ if environ is None else environ)
    problems: list[str] = []

    def value(name: str, default: str = "") -> str:
        if path := said.get(f"{name}_FILE"):
            try:
                return Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                problems.append(f"{name}_FILE: {path} can't be read ({error.strerror})")
            except UnicodeDecodeError:
                problems.append(f"{name}_FILE: {path} can't be read (it is not text)")
        return said.get(name, "").strip() or default

    def number(name: str, default: int, most: int | None = None) -> int:
        text = value(name, str(default))
        if text.isdecimal() and 0 < int(text) <= (most or int(text)):
            return int(text)
        bound = f"up to {most}" if most and text.isdecimal() and int(text) else "above 0"
        problems.append(f"{name}: should be a whole number {bound}, not “{text}”")
        return default

    def share(name: str, default: float) -> float:
        text = value(name, str(default))
        if _SHARE.fullmatch(text) and 0 < float(text) <= 1:
            return float(text)
        problems.append(f"{name}: should be a number above 0 and up to 1, such as 0.5, not “{text}”")
        return default

    def emails(name: str) -> tuple[str, ...]:
        found = tuple(part.strip().lower() for part in value(name).split(",") if part.strip())
        wrong = [one for one in found if not _EMAIL.fullmatch(one)]
        problems.extend(f"{name}: “{one}” is not an e-mail address" for one in wrong)
        return found

    def checked(name: str, read: Callable[[str], T], should: str) -> T | None:
        try:
            return read(text) if (text := value(name)) else None
        except ValueError:
            # Not quoted: it may be a secret.
            problems.append(f"{name}: should be {should}")
            return None

    def choice(name: str, *allowed: str) -> str:
        text = value(name, allowed[0])
        if text not in allowed:
            problems.append(f"{name}: should be {', '.join(allowed[:-1])} or {allowed[-1]}, not “{text}”")
        return text

    by_key = value("SALESFORCE_PRIVATE_KEY") and value("SALESFORCE_USERNAME")
    if doors:
        # What comes over a socket of ours is not signed.
        spared = {"SLACK_SIGNING_SECRET"} if value("SLACK_APP_TOKEN") else set()
        problems += [_line(one) for one in _NEEDED if not value(one.name) and one.name not in spared]
        problems += [] if value("SALESFORCE_CLIENT_SECRET") or by_key else [_line(_LOGIN)]
    embedder = choice("TOUCHLINE_EMBEDDER", "use", "openai", "off")
    openai_url = value("OPENAI_BASE_URL", Settings.openai_base_url)
    if embedder == "openai" and openai_url == Settings.openai_base_url and not value(_OPENAI_KEY.name):
        problems.append(_line(_OPENAI_KEY))
    if not openai_url.startswith(("https://", "http://")):
        # Not quoted: it may be the key, in the wrong place.
        problems.append("OPENAI_BASE_URL: should begin with https:// or http://")
    org_id = checked("SALESFORCE_ORG_ID", _org_id, "your org's id, 00D…")
    outbound_path = checked(
        "SALESFORCE_OUTBOUND_PATH", _unguessable, "32 or more letters and digits (`openssl rand -hex 32`)"
    )
    outbound_networks = checked(
        "SALESFORCE_OUTBOUND_NETWORKS", _networks, "networks such as 192.0.2.0/24, with commas between"
    )
    proxies = checked(
        "TRUSTED_PROXIES",
        _proxies,
        "your proxies' addresses or networks, such as 10.0.0.0/24, with commas between",
    )
    hook_secrets = [
        checked(name, _hook_secret, "whsec_ and 24 bytes or more in base64 (see docs/salesforce.md)")
        for name in ("SALESFORCE_HOOK_SECRET", "SALESFORCE_HOOK_SECRET_PREVIOUS")
    ]
    if doors and not value(_ORG.name) and any((outbound_path, *hook_secrets)):
        problems.append(_line(_ORG))
    quiet_hours = checked("TOUCHLINE_QUIET_HOURS", _hours, "from and to, such as 20:00-08:00")
    roles = checked(
        "TOUCHLINE_ROLES",
        _roles,
        "roles and who has them, such as “enablement=@content-team, profile:Marketing; ops=ada@example.com”; roles are "
        f"{', '.join(ROLES)}; who has them are @groups of Slack (or their S… ids), profile:NAME or permission-set:NAME "
        "of Salesforce, and e-mails",
    )
    bot_token = checked("SLACK_BOT_TOKEN", _bot_token, "the Bot User OAuth Token, xoxb-…")
    private_key = checked(
        "SALESFORCE_PRIVATE_KEY",
        _pem,
        "the whole key, from -----BEGIN on, with its line breaks: easiest as SALESFORCE_PRIVATE_KEY_FILE",
    )
    addresses = {
        name: checked(name, _address, f"an address such as {such}") or default
        for name, such, default in (
            ("SLACK_API_URL", Settings.slack_api_url, Settings.slack_api_url),
            ("SALESFORCE_URL", "https://example.my.salesforce.com", ""),
            ("SALESFORCE_AUDIENCE", Settings.salesforce_audience, Settings.salesforce_audience),
            ("PUBLIC_URL", "https://touchline.example.com", Settings.public_url),
        )
    }
    redis_url = checked("REDIS_URL", _queue_address, "redis://HOST, rediss://HOST or unix:///SOCKET")
    ops_channel = value("OPS_CHANNEL")
    if ops_channel and not _CHANNEL.fullmatch(ops_channel):
        problems.append("OPS_CHANNEL: should be a channel's id (C…, at the end of the channel's details)")
    data_dir = Path(value("TOUCHLINE_DATA", "var"))
    mapping = value("SALESFORCE_MAPPING")
    secrets = (value("SLACK_SIGNING_SECRET"), value("SLACK_SIGNING_SECRET_PREVIOUS"))
    settings = Settings(
        slack_signing_secrets=tuple(secret for secret in secrets if secret),
        slack_bot_token=bot_token or "",
        slack_api_url=addresses["SLACK_API_URL"],
        slack_app_token=checked("SLACK_APP_TOKEN", _app_token, "an app-level token, xapp-…") or "",
        salesforce_url=addresses["SALESFORCE_URL"].rstrip("/"),
        salesforce_client_id=value("SALESFORCE_CLIENT_ID"),
        salesforce_client_secret=value("SALESFORCE_CLIENT_SECRET"),
        salesforce_username=value("SALESFORCE_USERNAME"),
        salesforce_private_key=private_key or "",
        salesforce_audience=addresses["SALESFORCE_AUDIENCE"],
        salesforce_mapping=Path(mapping) if mapping else None,
        salesforce_file_libraries=tuple(
            name.strip() for name in value("SALESFORCE_FILE_LIBRARIES").split(",") if name.strip()
        ),
        salesforce_api_share=share("SALESFORCE_API_SHARE", Settings.salesforce_api_share),
        salesforce_org_id=org_id or "",
        salesforce_outbound_path=outbound_path or "",
        salesforce_outbound_networks=outbound_networks or (),
        salesforce_hook_secrets=tuple(secret for secret in hook_secrets if secret),
        salesforce_suggestions=choice("SALESFORCE_SUGGESTIONS", "on", "off") == "on",
        salesforce_deal_summary=choice("SALESFORCE_DEAL_SUMMARY", "off", "on") == "on",
        database_url=value("DATABASE_URL", f"sqlite:///{data_dir / 'touchline.db'}"),
        redis_url=redis_url or "",
        data_dir=data_dir,
        public_url=addresses["PUBLIC_URL"].rstrip("/"),
        trusted_proxies=proxies or (),
        link_days=number("LINK_DAYS", Settings.link_days, MOST_LINK_DAYS),
        sync_every_s=number("SYNC_EVERY_SECONDS", Settings.sync_every_s, MOST_SYNC_S),
        librarians=emails("TOUCHLINE_LIBRARIANS"),
        announcers=emails("TOUCHLINE_ANNOUNCERS"),
        role_rules=roles or (),
        announce_approval=choice("TOUCHLINE_ANNOUNCE_APPROVAL", "none", "managers").replace("none", ""),
        announce_per_minute=number("TOUCHLINE_ANNOUNCE_PER_MINUTE", Settings.announce_per_minute),
        nudges_per_day=number("TOUCHLINE_NUDGES_PER_DAY", Settings.nudges_per_day),
        quiet_hours=quiet_hours or Settings.quiet_hours,
        confirm_beyond=number("TOUCHLINE_ANNOUNCE_CONFIRM", Settings.confirm_beyond),
        ops_channel=ops_channel,
        embedder=embedder,
        embed_budget=number("TOUCHLINE_EMBED_BUDGET", Settings.embed_budget),
        openai_api_key=value(_OPENAI_KEY.name),
        openai_base_url=openai_url,
        openai_embedding_model=value("OPENAI_EMBEDDING_MODEL", Settings.openai_embedding_model),
        openai_embedding_prefixes=choice("OPENAI_EMBEDDING_PREFIXES", "auto", "none"),
    )
    if problems:
        raise MissingSettings(
            "Touchline can't start:\n" + "\n".join(f"  {problem}" for problem in dict.fromkeys(problems))
        )
    return settings


def _or_demo(environ: Mapping[str, str]) -> Mapping[str, str]:
    is_set = any(name.startswith(_OURS) for name in environ)
    if is_set or not DEMO_ENVIRONMENT.exists():
        return environ
    lines = DEMO_ENVIRONMENT.read_text(encoding="utf-8").splitlines()
    return {**environ, **dict(line.split("=", 1) for line in lines if "=" in line)}


def _line(one: _Wanted) -> str:
    return f"{one.name} is not set: {one.purpose}. Where to get it: {one.where}."


def _org_id(text: str) -> str:
    if not text.startswith("00D"):
        raise ValueError("another kind of record")
    return sf_id(text)


def _app_token(text: str) -> str:
    if not text.startswith("xapp-"):
        raise ValueError("another kind of token")
    return text


def _bot_token(text: str) -> str:
    if not text.startswith(("xoxb-", "xoxe.xoxb-")):
        raise ValueError("another kind of token")
    return text


def _pem(text: str) -> str:
    if "-----BEGIN " not in text:
        raise ValueError("no PEM")
    return text


def _address(text: str) -> str:
    parts = urlsplit(text)
    # The port is read, and may be none, when it is asked for.
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.port == 0:
        raise ValueError("no address")
    return text


def _queue_address(text: str) -> str:
    parts = urlsplit(text)
    where = parts.path if parts.scheme == "unix" else parts.hostname
    if parts.scheme not in ("redis", "rediss", "unix") or not where or parts.port == 0:
        raise ValueError("no address of a queue")
    return text


def _unguessable(text: str) -> str:
    if not _UNGUESSABLE.fullmatch(text):
        raise ValueError("too easy to guess")
    return text


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def _hours(text: str) -> tuple[time, time]:
    begins, ends = (time.fromisoformat(part.strip()) for part in text.split("-"))
    if begins.tzinfo or ends.tzinfo:
        raise ValueError("the zone is each reader's")
    return begins, ends


def _roles(text: str) -> tuple[RoleRule, ...]:
    rules = []
    for part in filter(None, map(str.strip, text.split(";"))):
        name, _, sources = part.partition("=")
        role = next((one for one in ROLES if one == name.strip()), None)
        named = [source.strip() for source in sources.split(",") if source.strip()]
        if role is None or not named:
            raise ValueError(part)
        rules += [RoleRule(role, _role_source(one)) for one in named]
    return tuple(rules)


def _role_source(said: str) -> str:
    if _GROUP.fullmatch(said) or _CRM_SOURCE.fullmatch(said):
        return said
    if _EMAIL.fullmatch(said):
        return said.lower()
    raise ValueError(said)


def _proxies(text: str) -> tuple[Network, ...]:
    networks = _networks(text)
    if any(not network.prefixlen for network in networks):
        raise ValueError("everybody: then anybody could say that they are somebody else")
    return networks


def _hook_secret(text: str) -> str:
    signing_key(text)
    return text
