"""An app is played as its manifest says."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.slack import Shortcut
from sandbox.slack.config import BOT_EVENTS, BOT_SCOPES
from sandbox.slack.from_manifest import read_manifest
from tests.sandbox.slack.manifests import command, shortcut, with_features, with_scopes
from tests.sandbox.slack.stage import config

ROOT = Path(__file__).resolve().parents[3]


def test_the_app_is_played_as_its_manifest_says() -> None:
    told, default = read_manifest(ROOT / "manifest.yml"), config()

    played = config(**told)

    assert (played.scopes, played.events) == (BOT_SCOPES, BOT_EVENTS)
    assert (played.commands, played.shortcuts) == (default.commands, default.shortcuts)
    assert played.unfurl_domains[0] == "touchline.example.com"
    assert not played.socket_mode


@pytest.mark.parametrize("said", [{"scopes": ("chat:wirte",)}, {"events": ("mesage.im",)}])
def test_an_app_with_misspelt_names_is_not_played(said: Any) -> None:
    with pytest.raises(ValueError, match=r"chat:wirte|mesage\.im"):
        config(**said)


def test_a_strangers_manifest_says_what_else_is_played(tmp_path: Path) -> None:
    theirs = with_features(
        slash_commands=[command(command="/pitch", usage_hint="deal")],
        shortcuts=[shortcut()],
        unfurl_domains=["example.test"],
    )
    (tmp_path / "manifest.json").write_text(json.dumps(theirs), encoding="utf-8")

    told = read_manifest(tmp_path / "manifest.json")

    assert (told["scopes"], told["events"], told["commands"]) == (("commands",), (), {"/pitch": "deal"})
    assert told["shortcuts"] == (Shortcut("Find", "find", "global"),)
    assert (told["unfurl_domains"], told["socket_mode"]) == (("example.test",), True)


def test_the_sandbox_does_not_start_with_a_manifest_that_slack_would_refuse(tmp_path: Path) -> None:
    file = tmp_path / "manifest.yml"
    file.write_text(yaml.safe_dump(with_scopes(bot=["chat:wirte"])), encoding="utf-8")

    ended = subprocess.run(
        [sys.executable, "-m", "sandbox", "--manifest", str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 2
    assert "/oauth_config/scopes/bot: Illegal bot scopes found `chat:wirte`" in ended.stderr
