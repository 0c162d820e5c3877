"""Settings: the environment read once, into one frozen value; all that is missing is said together."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

# numpy reads these once, when it is imported, so `app` imports this module first. Under load a question took 450 ms
# with numpy's own two threads and 2 ms with one; we scale by processes.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

# Where a running demo leaves its settings, so that commands typed beside it speak to it.
DEMO_ENVIRONMENT = Path("var/demo/environment")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
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
    slack_api_url: str = "https://slack.com/api/"
    # An address may hold a password.
    database_url: str = field(default="sqlite:///var/touchline.db", repr=False)
    redis_url: str = field(default="", repr=False)
    data_dir: Path = Path("var")
    public_url: str = "http://127.0.0.1:3000"
    link_days: int = 90
    sync_every_s: int = 300
    librarians: tuple[str, ...] = ()
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

    def number(name: str, default: int) -> int:
        text = value(name, str(default))
        if text.isdecimal() and int(text) > 0:
            return int(text)
        problems.append(f"{name}: should be a whole number above 0, not “{text}”")
        return default

    def emails(name: str) -> tuple[str, ...]:
        found = tuple(part.strip().lower() for part in value(name).split(",") if part.strip())
        wrong = [one for one in found if not _EMAIL.fullmatch(one)]
        problems.extend(f"{name}: “{one}” is not an e-mail address" for one in wrong)
        return found

    def choice(name: str, *allowed: str) -> str:
        text = value(name, allowed[0])
        if text not in allowed:
            problems.append(f"{name}: should be {', '.join(allowed[:-1])} or {allowed[-1]}, not “{text}”")
        return text

    by_key = value("SALESFORCE_PRIVATE_KEY") and value("SALESFORCE_USERNAME")
    if doors:
        problems += [_line(one) for one in _NEEDED if not value(one.name)]
        problems += [] if value("SALESFORCE_CLIENT_SECRET") or by_key else [_line(_LOGIN)]
    embedder = choice("TOUCHLINE_EMBEDDER", "use", "openai", "off")
    openai_url = value("OPENAI_BASE_URL", Settings.openai_base_url)
    if embedder == "openai" and openai_url == Settings.openai_base_url and not value(_OPENAI_KEY.name):
        problems.append(_line(_OPENAI_KEY))
    if not openai_url.startswith(("https://", "http://")):
        # Not quoted: it may be the key, in the wrong place.
        problems.append("OPENAI_BASE_URL: should begin with https:// or http://")
    data_dir = Path(value("TOUCHLINE_DATA", "var"))
    mapping = value("SALESFORCE_MAPPING")
    secrets = (value("SLACK_SIGNING_SECRET"), value("SLACK_SIGNING_SECRET_PREVIOUS"))
    settings = Settings(
        slack_signing_secrets=tuple(secret for secret in secrets if secret),
        slack_bot_token=value("SLACK_BOT_TOKEN"),
        slack_api_url=value("SLACK_API_URL", Settings.slack_api_url),
        salesforce_url=value("SALESFORCE_URL").rstrip("/"),
        salesforce_client_id=value("SALESFORCE_CLIENT_ID"),
        salesforce_client_secret=value("SALESFORCE_CLIENT_SECRET"),
        salesforce_username=value("SALESFORCE_USERNAME"),
        salesforce_private_key=value("SALESFORCE_PRIVATE_KEY"),
        salesforce_audience=value("SALESFORCE_AUDIENCE", Settings.salesforce_audience),
        salesforce_mapping=Path(mapping) if mapping else None,
        salesforce_file_libraries=tuple(
            name.strip() for name in value("SALESFORCE_FILE_LIBRARIES").split(",") if name.strip()
        ),
        database_url=value("DATABASE_URL", f"sqlite:///{data_dir / 'touchline.db'}"),
        redis_url=value("REDIS_URL"),
        data_dir=data_dir,
        public_url=value("PUBLIC_URL", Settings.public_url).rstrip("/"),
        link_days=number("LINK_DAYS", Settings.link_days),
        sync_every_s=number("SYNC_EVERY_SECONDS", Settings.sync_every_s),
        librarians=emails("TOUCHLINE_LIBRARIANS"),
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
