"""manifest.yml and the code say the same: what is listened to is asked for, what is called has its scope, no more."""

import ast
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

import bot.app
from doctor.outside import MANIFEST, manifest_scopes
from enablement.adapters.sql.database import Database
from sandbox.slack.manifest import check_manifest
from sandbox.slack.methods import METHODS
from tests.fakes import World
from tests.ops.installation import ROOT
from tests.ops.manifest_rules import SCOPE_OF_EVENT

# What conversations there are where the bot looks, by what a method does there.
FAMILIES = {"history": {"im:history"}, "read": {"channels:read", "groups:read"}, "write": {"im:write"}}
# The SDK's own names for methods that are several calls.
SEVERAL = {"files_upload_v2": ("files.getUploadURLExternal", "files.completeUploadExternal")}


class Recorder:
    """Stands where Bolt's app stands and keeps what is listened to."""

    heard: dict[str, set[str]]

    def __init__(self, **_options: Any) -> None:
        Recorder.heard = {"command": set(), "shortcut": set(), "event": set()}

    def __getattr__(self, kind: str) -> Callable[..., Callable[[Any], None]]:
        def listen(name: Any = None, *_more: Any, **_options: Any) -> Callable[[Any], None]:
            said = name.get("callback_id") or name.get("type") if isinstance(name, dict) else name
            if isinstance(said, str):
                self.heard.get(kind, set()).add(said)
            return lambda _: None

        return listen


@pytest.fixture
def manifest() -> Any:
    return yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))


@pytest.fixture
def heard(
    monkeypatch: pytest.MonkeyPatch, migrated_sqlite: Path, tmp_path: Path
) -> Iterator[dict[str, set[str]]]:
    shutil.copy(migrated_sqlite, tmp_path / "touchline.db")
    database = Database(f"sqlite:///{tmp_path / 'touchline.db'}")
    monkeypatch.setattr(bot.app, "App", Recorder)
    gateway: Any = SimpleNamespace(client=SimpleNamespace(base_url=""), gate=None, seal=None)
    bot.app._bolt(World(database, tmp_path / "index").services, gateway, "xoxb-none")
    yield Recorder.heard
    database.close()


def test_the_local_slack_takes_the_manifest_as_slack_would(manifest: Any) -> None:
    assert check_manifest(manifest) == []


def test_each_command_shortcut_and_event_has_its_listener_and_each_listener_its_line(
    manifest: Any, heard: dict[str, set[str]]
) -> None:
    features = manifest["features"]

    assert heard["command"] == {one["command"] for one in features["slash_commands"]}
    assert heard["shortcut"] == {one["callback_id"] for one in features["shortcuts"]}
    # Slack tells kinds of messages apart in the manifest alone.
    events = {one.partition(".")[0] for one in manifest["settings"]["event_subscriptions"]["bot_events"]}
    assert heard["event"] == events


def test_each_call_has_its_scope_and_each_scope_its_call(manifest: Any) -> None:
    needed = {scope for name in called() for scope in scopes_of(name)}
    events = manifest["settings"]["event_subscriptions"]["bot_events"]
    needed |= {SCOPE_OF_EVENT[event] for event in events} - {""}

    assert needed | {"commands"} == manifest_scopes(MANIFEST)


def scopes_of(method: str) -> set[str]:
    scope = METHODS[method].scope
    if scope.startswith("*:"):
        return FAMILIES[scope[2:]]
    return set(filter(None, re.split(r"[ ,]+", scope)))


def called() -> set[str]:
    """Return the methods that the Slack door names, or calls by the SDK's own names."""
    found: set[str] = set()
    for path in (ROOT / "bot").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and node.value in METHODS:
                found.add(str(node.value))
            if isinstance(node, ast.Attribute) and node.attr in SEVERAL:
                found.update(SEVERAL[node.attr])
    return found
