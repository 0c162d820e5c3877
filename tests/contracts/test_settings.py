"""Settings: all that is missing is said at once, and what is secret is never said."""

import gc
import logging
from dataclasses import fields
from datetime import time
from pathlib import Path

import pytest

from app import build
from settings import MissingSettings, Settings, read_settings

WHOLE = {
    "SLACK_SIGNING_SECRET": "signing",
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SALESFORCE_URL": "https://acme.my.salesforce.com/",
    "SALESFORCE_CLIENT_ID": "client",
    "SALESFORCE_CLIENT_SECRET": "secret",
}
PEM = "-----BEGIN PRIVATE KEY-----"


def refusal(environ: dict[str, str]) -> str:
    with pytest.raises(MissingSettings) as refused:
        read_settings(environ)
    return str(refused.value)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Away from a demo that may be running in the checkout."""
    monkeypatch.chdir(tmp_path)


def test_all_that_is_missing_is_said_at_once_with_where_to_get_it() -> None:
    said = refusal({}).splitlines()

    names = ("SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN", "SALESFORCE_URL", "SALESFORCE_CLIENT_ID")
    for name in (*names, "SALESFORCE_CLIENT_SECRET or SALESFORCE_USERNAME with SALESFORCE_PRIVATE_KEY"):
        (line,) = [line for line in said if line.strip().startswith(f"{name} is not set")]
        assert "Where to get it" in line
    assert len(said) == 6


def test_only_what_is_missing_is_said() -> None:
    said = refusal({name: value for name, value in WHOLE.items() if name != "SLACK_BOT_TOKEN"})

    assert "SLACK_BOT_TOKEN is not set" in said
    assert len(said.splitlines()) == 2


def test_a_whole_environment_is_read() -> None:
    settings = read_settings({**WHOLE, "SLACK_SIGNING_SECRET_PREVIOUS": "old", "LINK_DAYS": "7"})

    assert settings.slack_signing_secrets == ("signing", "old")
    assert settings.salesforce_url == "https://acme.my.salesforce.com"
    assert settings.link_days == 7
    assert settings.database_url == "sqlite:///var/touchline.db"


def test_a_private_key_with_a_user_name_signs_in_too() -> None:
    by_key = {name: value for name, value in WHOLE.items() if name != "SALESFORCE_CLIENT_SECRET"}

    settings = read_settings(
        {**by_key, "SALESFORCE_USERNAME": "t@acme.example", "SALESFORCE_PRIVATE_KEY": PEM}
    )

    assert settings.salesforce_private_key == PEM
    assert "SALESFORCE_CLIENT_SECRET or" in refusal({**by_key, "SALESFORCE_PRIVATE_KEY": PEM})


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("xoxb-from-the-file\n")
    environ = {name: value for name, value in WHOLE.items() if name != "SLACK_BOT_TOKEN"}

    settings = read_settings({**environ, "SLACK_BOT_TOKEN_FILE": str(secret)})

    assert settings.slack_bot_token == "xoxb-from-the-file"


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"], ids=["not there", "not text"])
def test_a_file_that_can_not_be_read_is_named_once(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    if content:
        path.write_bytes(content)
    environ = {name: value for name, value in WHOLE.items() if name != "SALESFORCE_CLIENT_SECRET"}

    said = refusal({**environ, "SALESFORCE_CLIENT_SECRET_FILE": str(path), "SALESFORCE_URL": ""})

    assert said.count(f"SALESFORCE_CLIENT_SECRET_FILE: {path} can't be read") == 1
    assert "SALESFORCE_URL is not set" in said, "the other problems are said with it"


@pytest.mark.parametrize("name", ["LINK_DAYS", "SYNC_EVERY_SECONDS"])
@pytest.mark.parametrize("value", ["0", "-3", "1.5", "many"])
def test_a_number_that_is_none_is_refused_in_words(name: str, value: str) -> None:
    assert f"{name}: should be a whole number above 0, not “{value}”" in refusal({**WHOLE, name: value})


@pytest.mark.parametrize("value", ["0", "-0.5", "1.5", "50 %", "half", "nan"])
def test_a_share_that_is_none_is_refused_in_words(value: str) -> None:
    said = refusal({**WHOLE, "SALESFORCE_API_SHARE": value})

    assert f"SALESFORCE_API_SHARE: should be a number above 0 and up to 1, such as 0.5, not “{value}”" in said


@pytest.mark.parametrize("value", ["20:00", "20:00-25:00", "night", "20:00-08:00-09:00", "20:00+01:00-08:00"])
def test_quiet_hours_that_are_none_are_refused_in_words(value: str) -> None:
    said = refusal({**WHOLE, "TOUCHLINE_QUIET_HOURS": value})

    assert "TOUCHLINE_QUIET_HOURS: should be from and to, such as 20:00-08:00" in said


def test_what_announcing_needs_is_read() -> None:
    settings = read_settings(
        {
            **WHOLE,
            "TOUCHLINE_QUIET_HOURS": "21:30 - 07:00",
            "TOUCHLINE_ANNOUNCERS": "A@acme.example, b@acme.example",
            "TOUCHLINE_ANNOUNCE_APPROVAL": "managers",
            "TOUCHLINE_ANNOUNCE_PER_MINUTE": "60",
            "TOUCHLINE_ANNOUNCE_CONFIRM": "10",
        }
    )

    assert settings.quiet_hours == (time(21, 30), time(7))
    assert settings.announcers == ("a@acme.example", "b@acme.example")
    assert (settings.announce_approval, settings.announce_per_minute) == ("managers", 60)
    assert settings.confirm_beyond == 10
    usual = read_settings(WHOLE)
    assert (usual.announce_approval, usual.quiet_hours) == ("", (time(20), time(8)))


@pytest.mark.parametrize(("value", "share"), [("", 0.5), ("1", 1.0), (".25", 0.25)])
def test_the_share_of_the_api_calls_is_read(value: str, share: float) -> None:
    assert read_settings({**WHOLE, "SALESFORCE_API_SHARE": value}).salesforce_api_share == share


def test_commands_beside_the_doors_need_no_doors() -> None:
    assert read_settings({"TOUCHLINE_DATA": "d"}, doors=False).database_url == "sqlite:///d/touchline.db"


CANARY = "canary-7f3a91"


@pytest.fixture
def canaries(tmp_path: Path) -> Settings:
    """Settings where everything secret holds the canary, so that it would be seen wherever it comes up."""
    environ = {
        **WHOLE,
        "SLACK_SIGNING_SECRET": f"{CANARY}-signing",
        "SLACK_SIGNING_SECRET_PREVIOUS": f"{CANARY}-previous",
        "SLACK_BOT_TOKEN": f"xoxb-{CANARY}",
        "SALESFORCE_CLIENT_SECRET": f"{CANARY}-client",
        "SALESFORCE_USERNAME": "touchline@acme.example",
        "SALESFORCE_PRIVATE_KEY": f"{PEM}{CANARY}-key",
        "REDIS_URL": f"redis://user:{CANARY}-redis@127.0.0.1:1/0",
        "TOUCHLINE_DATA": str(tmp_path / "data"),
    }
    return read_settings(environ)


def test_settings_do_not_show_what_is_secret(canaries: Settings) -> None:
    database = Settings(("s",), "t", "u", "c", database_url=f"postgresql://user:{CANARY}@db/touchline")

    shown = f"{canaries!r} {canaries} {database!r} {database}"

    assert CANARY not in shown
    assert "acme.my.salesforce.com" in shown, "what is not secret may be seen"


def test_nothing_that_is_built_shows_what_is_secret(
    canaries: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    services, database = build(canaries)
    services.work.wake("reply")

    shown = {f"{part!r} {part}" for part in _parts(services, deep=6)}
    database.close()
    assert len(shown) > 20, "the parts must really be looked at"
    assert [part for part in shown if CANARY in part] == []
    assert CANARY not in caplog.text
    assert CANARY not in repr(services)
    gc.collect()


def _parts(root: object, *, deep: int) -> list[object]:
    """Return what an object of ours is made of, down to things of others, which speak for themselves."""
    ours = ("app", "bot", "crm", "enablement", "jobs", "settings", "web")
    found: list[object] = [root]
    if deep and type(root).__module__.split(".")[0] in ours:
        for value in vars(root).values() if hasattr(root, "__dict__") else ():
            if not isinstance(value, str | bytes | int | float | bool | None):
                found += _parts(value, deep=deep - 1)
    return found


def test_every_setting_that_names_a_secret_is_hidden() -> None:
    telling = ("secret", "token", "key", "password", "database_url", "redis_url")

    shown = [one.name for one in fields(Settings) if one.repr and any(word in one.name for word in telling)]

    assert shown == []


def test_libraries_are_named_with_commas_between_them() -> None:
    settings = read_settings({**WHOLE, "SALESFORCE_FILE_LIBRARIES": " Sales decks ,, Battlecards"})

    assert settings.salesforce_file_libraries == ("Sales decks", "Battlecards")
    assert read_settings(WHOLE).salesforce_file_libraries == ()


def test_librarians_are_e_mails_with_commas_between() -> None:
    settings = read_settings(
        {**WHOLE, "TOUCHLINE_LIBRARIANS": "Jana@Stowmark.example, omar@stowmark.example,"}
    )

    assert settings.librarians == ("jana@stowmark.example", "omar@stowmark.example")
    assert read_settings(WHOLE).librarians == ()
    said = refusal({**WHOLE, "TOUCHLINE_LIBRARIANS": "jana, omar@stowmark.example"})
    assert "TOUCHLINE_LIBRARIANS: “jana” is not an e-mail address" in said


def test_roles_have_groups_profiles_permission_sets_and_e_mails() -> None:
    said = "enablement=@content-team, profile:Marketing Ops ; ops=S0123ABC; admin=Ada@Stowmark.example,permission-set:X"

    settings = read_settings({**WHOLE, "TOUCHLINE_ROLES": said})

    assert [(rule.role, rule.source) for rule in settings.role_rules] == [
        ("enablement", "@content-team"),
        ("enablement", "profile:Marketing Ops"),
        ("ops", "S0123ABC"),
        ("admin", "ada@stowmark.example"),
        ("admin", "permission-set:X"),
    ]
    for wrong in ("boss=@team", "ops", "ops=", "ops=team"):
        assert "TOUCHLINE_ROLES: should be roles" in refusal({**WHOLE, "TOUCHLINE_ROLES": wrong})


def test_with_an_app_token_no_request_is_signed() -> None:
    unsigned = {name: said for name, said in WHOLE.items() if name != "SLACK_SIGNING_SECRET"}

    settings = read_settings({**unsigned, "SLACK_APP_TOKEN": "xapp-1-A-b"})

    assert (settings.slack_app_token, settings.slack_signing_secrets) == ("xapp-1-A-b", ())
    assert "xapp" not in repr(settings)
    assert "SLACK_SIGNING_SECRET is not set" in refusal(unsigned)
    assert "SLACK_APP_TOKEN: should be an app-level token" in refusal({**WHOLE, "SLACK_APP_TOKEN": "xoxb-1"})


HOOKS = {
    "SALESFORCE_ORG_ID": "00D000000000001",
    "SALESFORCE_OUTBOUND_PATH": "p" * 32,
    "SALESFORCE_OUTBOUND_NETWORKS": "192.0.2.0/24, 2001:db8::/32",
    "SALESFORCE_HOOK_SECRET": "whsec_" + "QUJD" * 8,
    "SALESFORCE_HOOK_SECRET_PREVIOUS": "whsec_" + "REVG" * 8,
}


def test_the_hooks_are_read_and_the_orgs_id_gets_its_long_form() -> None:
    settings = read_settings({**WHOLE, **HOOKS})

    assert settings.salesforce_org_id == "00D000000000001EAA"
    assert [str(one) for one in settings.salesforce_outbound_networks] == ["192.0.2.0/24", "2001:db8::/32"]
    assert len(settings.salesforce_hook_secrets) == 2
    assert not any(secret in repr(settings) for secret in ("p" * 32, "QUJD" * 8, "REVG" * 8))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SALESFORCE_ORG_ID", "00D0000"),
        ("SALESFORCE_ORG_ID", "006000000000001AAA"),
        ("SALESFORCE_OUTBOUND_PATH", "easy-to-guess"),
        ("SALESFORCE_OUTBOUND_PATH", "p" * 31 + "/"),
        ("SALESFORCE_OUTBOUND_NETWORKS", "192.0.2.1/24"),
        ("SALESFORCE_OUTBOUND_NETWORKS", "salesforce.com"),
        ("TRUSTED_PROXIES", "10.0.0.1/24"),
        ("TRUSTED_PROXIES", "10.0.0.1, 0.0.0.0/0"),
        ("TRUSTED_PROXIES", "::/0"),
        ("TRUSTED_PROXIES", "nginx"),
        ("SALESFORCE_HOOK_SECRET", "QUJD" * 8),
        ("SALESFORCE_HOOK_SECRET", "whsec_QUJD"),
        ("SALESFORCE_HOOK_SECRET_PREVIOUS", "whsec_???"),
    ],
)
def test_a_hook_setting_that_can_not_be_used_is_named_and_not_told(name: str, value: str) -> None:
    said = refusal({**WHOLE, **HOOKS, name: value})

    assert f"{name}: should be" in said
    assert value not in said
    assert len(said.splitlines()) == 2


@pytest.mark.parametrize("name", ["SALESFORCE_OUTBOUND_PATH", "SALESFORCE_HOOK_SECRET"])
def test_hooks_need_to_know_whose_they_may_be(name: str) -> None:
    assert "SALESFORCE_ORG_ID is not set" in refusal({**WHOLE, name: HOOKS[name]})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-1"),
        ("SLACK_API_URL", "slack.example/api"),
        ("SALESFORCE_URL", "acme.my.salesforce.com"),
        ("SALESFORCE_AUDIENCE", "test.salesforce.com"),
        ("SALESFORCE_PRIVATE_KEY", "/etc/touchline/key.pem"),
        ("PUBLIC_URL", "touchline.acme.example"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://touchline.acme.example:port"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "http://localhost"),
        ("REDIS_URL", "redis://localhost:port"),
        ("REDIS_URL", "rediss:///0"),
    ],
)
def test_an_address_or_a_token_that_can_not_be_used_is_named_and_not_told(name: str, value: str) -> None:
    said = refusal({**WHOLE, name: value})

    assert f"{name}: should be" in said
    assert value not in said.replace("https://touchline.example.com", "")
    assert len(said.splitlines()) == 2


@pytest.mark.parametrize("url", ["rediss://:word@queue:6380/1", "unix:///run/queue.sock", "redis://[::1]"])
def test_every_kind_of_queue_address_is_taken(url: str) -> None:
    assert read_settings({**WHOLE, "REDIS_URL": url}).redis_url == url


@pytest.mark.parametrize(("name", "value"), [("LINK_DAYS", "3000000"), ("SYNC_EVERY_SECONDS", "99999999999")])
def test_a_number_that_no_date_can_be_reckoned_with_is_refused(name: str, value: str) -> None:
    assert f"{name}: should be a whole number up to" in refusal({**WHOLE, name: value})


def test_suggestions_are_shown_in_salesforce_unless_that_is_switched_off() -> None:
    assert read_settings(WHOLE).salesforce_suggestions
    assert not read_settings({**WHOLE, "SALESFORCE_SUGGESTIONS": "off"}).salesforce_suggestions
    assert "SALESFORCE_SUGGESTIONS: should be on or off" in refusal({**WHOLE, "SALESFORCE_SUGGESTIONS": "no"})
