"""`touchline doctor`: what is broken is found, named and told how to mend; the rest is still checked."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from crm.check import TOUCH_FIELDS, fields_read
from crm.mapping import DEFAULT, load_field_map
from crm.touches import to_row
from doctor import Finding
from doctor.outside import calls_finding
from doctor.stores import server_findings
from enablement.adapters.sql.database import MIGRATIONS
from enablement.model import Task, Touch
from processes import Processes
from sandbox.salesforce.ids import make_id
from stack import Queue, valkey_binary, wait_until
from tests.builders import NOW, asset
from tests.crm.test_older_package import old_package
from tests.ops.commands import touchline
from tests.ops.installation import SLACK_TOKEN, Installation, changed_project, local_org, local_slack

PARTS = {
    *("settings", "data folder", "database", "index", "meaning", "outbox", "queue", "slack", "salesforce"),
    *("hooks", "learning"),
}


def only(found: list[Finding]) -> Finding:
    """Return the one thing that is wrong; it says how to mend it."""
    assert len(found) == 1, found
    assert found[0].mend
    return found[0]


def remove_field(name: str, touch_object: Path) -> None:
    (touch_object / "fields" / f"{name}.field-meta.xml").unlink()


def replace_in_field(name: str, old: str, new: str, touch_object: Path) -> None:
    path = touch_object / "fields" / f"{name}.field-meta.xml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def rename_object(touch_object: Path) -> None:
    moved = touch_object.rename(touch_object.with_name("Content_Note__c"))
    file = "Content_Touch__c.object-meta.xml"
    (moved / file).rename(moved / file.replace("Touch", "Note"))


def add_task(installation: Installation, *, waits: timedelta) -> None:
    task = Task(id="t1", kind="crm.touch", lane="write", subject="nothing")
    with installation.outbox() as outbox:
        outbox.add([task], now=NOW - waits)


def bury_task(installation: Installation, error: str) -> None:
    add_task(installation, waits=timedelta(seconds=1))
    with installation.outbox() as outbox:
        outbox.claim("write", ["crm.touch"], owner="test", limit=1, now=NOW)
        outbox.bury("t1", owner="test", error=error, now=NOW)


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    binary = valkey_binary()
    if binary is None:
        pytest.skip("there is no Redis or Valkey for this platform")
    made, processes = Queue(tmp_path), Processes(dict(os.environ), tmp_path / "logs")
    try:
        processes.start("queue", made.command(binary))
        wait_until(made.is_up, "queue", processes, 20)
        yield made
    finally:
        processes.stop()
        made.remove()


# --- all well ---


def test_nothing_is_wrong_where_nothing_is_wrong(installation: Installation) -> None:
    found = installation.examine()

    assert [one for one in found if one.state == "wrong"] == []
    assert {one.part for one in found} == PARTS


def test_looking_changes_nothing(installation: Installation) -> None:
    shutil.rmtree(installation.folder / "index")
    installation.database.unlink()
    before = sorted(installation.folder.rglob("*"))

    installation.examine()

    assert sorted(installation.folder.rglob("*")) == before


# --- settings ---


def test_all_missing_settings_are_named_at_once_and_the_rest_is_still_checked(
    installation: Installation,
) -> None:
    for name in ("SLACK_SIGNING_SECRET", "SALESFORCE_CLIENT_SECRET"):
        del installation.environ[name]

    wrong = installation.wrong()

    assert [one.said.split(" is not set")[0].split(" or ")[0] for one in wrong] == [
        "SLACK_SIGNING_SECRET",
        "SALESFORCE_CLIENT_SECRET",
    ]
    assert all(one.mend.startswith("Get it at: ") for one in wrong)
    assert {one.part for one in installation.examine()} == PARTS


def test_a_setting_that_cannot_be_used_does_not_hide_the_rest(installation: Installation) -> None:
    installation.environ["LINK_DAYS"] = "soon"

    wrong = installation.wrong()

    assert [one.said for one in wrong] == ["LINK_DAYS: should be a whole number above 0, not “soon”"]
    assert {one.part for one in installation.examine()} == PARTS


def test_a_setting_from_a_file_that_cannot_be_used_does_not_hide_the_rest(installation: Installation) -> None:
    file = installation.folder / "token"
    file.write_text("xoxb-of-another-kind")
    installation.environ["SLACK_APP_TOKEN_FILE"] = str(file)

    found = installation.examine()

    wrong = [one.said for one in found if one.state == "wrong"]
    assert [said.startswith("SLACK_APP_TOKEN: should be") for said in wrong] == [True]
    assert {one.part for one in found} == PARTS


def test_a_secret_file_that_is_not_there_is_named(installation: Installation) -> None:
    installation.environ["SLACK_BOT_TOKEN_FILE"] = "/nowhere/token"

    said = [one.said for one in installation.wrong()]

    assert any("/nowhere/token" in text for text in said)


def test_a_private_address_is_warned_of_when_slack_is_the_real_one(installation: Installation) -> None:
    # An address that answers nothing: no test may speak with the real Slack.
    installation.environ |= {
        "PUBLIC_URL": "http://127.0.0.1:3000",
        "SLACK_API_URL": "https://slack.com:1/api/",
    }

    found = [one for one in installation.examine() if one.part == "settings"]

    assert [(one.state, "PUBLIC_URL" in one.said) for one in found] == [("ok", False), ("warning", True)]


def test_a_demo_that_ran_here_does_not_stand_in_for_what_cannot_be_used(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(installation.folder)
    left = installation.folder / "var" / "demo" / "environment"
    left.parent.mkdir(parents=True)
    left.write_text("".join(f"{name}={value}\n" for name, value in installation.environ.items()))
    installation.environ = {"SLACK_SIGNING_SECRET_FILE": "/nowhere/secret"}

    found = installation.examine()

    assert [one.state for one in found if one.part == "slack"] == ["warning"]


# --- what lies on this machine ---


@pytest.mark.parametrize(
    ("free", "state"), [(100_000_000, "wrong"), (900_000_000, "warning"), (2_000_000_000, "ok")]
)
def test_a_full_disk_is_told_before_it_is_full(installation: Installation, free: int, state: str) -> None:
    installation.free = free

    found = [one for one in installation.examine() if one.part == "data folder"]

    assert [one.state for one in found] == [state]
    assert bool(found[0].mend) == (state != "ok")


def test_a_data_folder_that_is_a_file_is_wrong(installation: Installation) -> None:
    path = installation.folder / "data"
    path.touch()
    installation.environ["TOUCHLINE_DATA"] = str(path)

    parts = [one.part for one in installation.wrong()]

    assert "data folder" in parts


def test_a_database_that_was_never_migrated_is_wrong_and_stays_as_it_is(installation: Installation) -> None:
    installation.database.write_bytes(b"")

    found = only(installation.wrong())

    newest = max(path.name for path in (MIGRATIONS / "versions").glob("0*.py"))[:4]
    assert (found.part, found.said) == ("database", f"its revision is none, this version needs {newest}")
    assert "touchline outbox" in found.mend
    assert "not checked" in next(one.said for one in installation.examine() if one.part == "index")


def test_a_database_of_a_newer_version_is_not_to_be_brought_up_to_date(installation: Installation) -> None:
    with installation.opened() as database, database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    found = only([one for one in installation.wrong() if one.part == "database"])

    assert "its revision is 9999" in found.said
    assert "newer Touchline" in found.mend


def test_a_database_that_is_not_there_is_wrong(installation: Installation) -> None:
    installation.database.unlink()

    found = only(installation.wrong())

    assert (found.part, found.said) == ("database", "there is no database yet")


def test_a_file_that_is_no_database_is_wrong(installation: Installation) -> None:
    installation.database.write_bytes(b"this is no database " * 100)

    found = only(installation.wrong())

    assert found.part == "database"
    assert "not a database" in found.said


def test_a_database_server_that_is_away_is_wrong_and_its_password_is_not_told(
    installation: Installation,
) -> None:
    installation.environ["DATABASE_URL"] = "postgresql://touchline:canary-4@127.0.0.1:1/touchline"

    found = installation.examine()

    wrong = only([one for one in found if one.state == "wrong"])
    assert wrong.part == "database"
    assert "canary" not in repr(found)


def test_an_address_of_no_database_that_we_know_is_wrong(installation: Installation) -> None:
    installation.environ["DATABASE_URL"] = "mysql://touchline@127.0.0.1/touchline"

    parts = {one.part for one in installation.wrong()}

    assert "database" in parts


def test_a_database_of_postgresql_is_examined_too(installation: Installation, migrated_postgres: str) -> None:
    installation.environ["DATABASE_URL"] = migrated_postgres

    said = [one.said for one in installation.examine() if one.part == "database"]

    assert said == ["PostgreSQL, up to date, can be written"]


def test_a_database_that_can_only_be_read_is_wrong(installation: Installation) -> None:
    refuse = "CREATE TRIGGER refuse BEFORE INSERT ON leases BEGIN SELECT RAISE(FAIL, 'disk full'); END"
    with installation.opened() as database, database.writing() as connection:
        connection.exec_driver_sql(refuse)

    found = [one for one in installation.wrong() if one.part == "database"]

    assert "can be read but not written" in only(found).said


def test_an_index_that_lags_behind_the_library_is_wrong(installation: Installation) -> None:
    installation.add_to_library("Security", index=False)

    found = only(installation.wrong())

    assert found.part == "index"
    assert found.said.startswith("1 change of the library behind")


def test_an_index_that_was_deleted_is_wrong(installation: Installation) -> None:
    shutil.rmtree(installation.folder / "index")

    found = only(installation.wrong())

    assert found.said.startswith("1 change of the library behind")


# --- the outbox ---


def test_dead_letters_are_wrong_and_say_why(installation: Installation) -> None:
    bury_task(installation, "FIELD_INTEGRITY_EXCEPTION: no such deal")

    found = only(installation.wrong())

    assert found.said == "1 dead letter: crm.touch: FIELD_INTEGRITY_EXCEPTION: no such deal"
    assert "touchline outbox --retry" in found.mend


def test_a_secret_that_stands_in_a_dead_letter_is_not_told(installation: Installation) -> None:
    bury_task(installation, f"Slack refused {SLACK_TOKEN}")

    found = installation.examine()

    assert any("Slack refused …" in one.said for one in found)
    assert "canary" not in repr(found)


@pytest.mark.parametrize(
    ("waits", "state", "said"),
    [
        (timedelta(seconds=30), "ok", "none for long"),
        (timedelta(minutes=2), "warning", "lane write has waited for more than a minute"),
        (timedelta(minutes=20), "wrong", "lane write has waited for more than ten minutes"),
        (timedelta(days=3), "wrong", "lane write has waited for more than a day"),
    ],
)
def test_work_that_nobody_does_is_told_by_how_long_it_waits(
    installation: Installation, waits: timedelta, state: str, said: str
) -> None:
    add_task(installation, waits=waits)

    found = next(one for one in installation.examine() if one.part == "outbox")

    assert (found.state, said in found.said) == (state, True)


def test_a_relay_that_runs_is_seen_and_keeps_its_lease(installation: Installation) -> None:
    with installation.outbox() as outbox:
        outbox.hold("relay", owner="the relay", seconds=60, now=NOW)

        found = installation.examine()

        assert not [one for one in found if "no relay" in one.said]
        assert not outbox.hold("relay", owner="another", seconds=1, now=NOW)


def test_no_relay_is_warned_of_and_its_lease_left_free(installation: Installation) -> None:
    found = installation.examine()

    assert [one.state for one in found if "no relay runs" in one.said] == ["warning"]
    with installation.outbox() as outbox:
        assert outbox.hold("relay", owner="the first relay", seconds=1, now=NOW)


# --- the queue ---


def test_a_queue_that_is_away_is_wrong_and_its_password_is_not_told(installation: Installation) -> None:
    installation.environ["REDIS_URL"] = "redis://:canary-5@127.0.0.1:1/0"

    found = installation.examine()

    assert only([one for one in found if one.state == "wrong"]).part == "queue"
    assert "canary" not in repr(found)


def test_lanes_without_a_worker_are_named(installation: Installation, queue: Queue) -> None:
    installation.environ["REDIS_URL"] = queue.url

    found = [one for one in installation.examine() if one.part == "queue"]

    assert [one.state for one in found] == ["ok", "warning", "warning", "warning"]
    assert [one.mend.split("`")[1] for one in found[1:]] == [
        "touchline worker reply",
        "touchline worker write",
        "touchline worker compute",
    ]


def test_a_queue_that_may_forget_is_warned_of(installation: Installation, queue: Queue) -> None:
    from jobs.queue import connect

    connect(queue.url).config_set("maxmemory-policy", "allkeys-lru")
    installation.environ["REDIS_URL"] = queue.url

    said = [one.said for one in installation.examine() if one.state == "warning"]

    assert any("allkeys-lru" in text for text in said)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"redis_version": "5.0.14"}, "wrong"),
        ({"redis_version": "6.0.16"}, "wrong"),
        ({"redis_version": "6.2.0"}, "ok"),
        ({"redis_version": "7.2.4", "valkey_version": "9.1.2"}, "ok"),
        ({"redis_version": "10.0.1"}, "ok"),
    ],
)
def test_a_queue_server_must_not_be_too_old(facts: dict[str, str], state: str) -> None:
    assert [one.state for one in server_findings(facts)] == [state]


# --- Slack ---


def test_a_scope_that_is_missing_is_named(installation: Installation) -> None:
    with local_slack(scopes=("chat:write", "commands")) as url:
        installation.environ["SLACK_API_URL"] = url

        found = only(installation.wrong())

    assert found.part == "slack"
    assert "users:read.email" in found.said
    assert "chat:write" not in found.said
    assert "reinstall" in found.mend


def test_a_scope_too_many_is_warned_of(installation: Installation) -> None:
    from sandbox.slack.config import BOT_SCOPES

    with local_slack(scopes=(*BOT_SCOPES, "channels:history")) as url:
        installation.environ["SLACK_API_URL"] = url

        found = [one for one in installation.examine() if one.part == "slack" and one.state != "ok"]

    assert [(one.state, "channels:history" in one.said) for one in found] == [("warning", True)]


@pytest.mark.parametrize(("token", "state"), [("xapp-sandbox", "ok"), ("xapp-canary", "wrong")])
def test_an_app_token_is_tried(installation: Installation, token: str, state: str) -> None:
    with local_slack(socket_mode=True) as url:
        installation.environ |= {"SLACK_API_URL": url, "SLACK_APP_TOKEN": token}

        found = [one for one in installation.examine() if "SLACK_APP_TOKEN" in one.said]

    assert [(one.part, one.state) for one in found] == [("slack", state)]
    assert "canary" not in repr(found)


def test_sockets_that_were_opened_a_moment_ago_are_no_fault(installation: Installation) -> None:
    with local_slack(socket_mode=True) as url:
        installation.environ |= {"SLACK_API_URL": url, "SLACK_APP_TOKEN": "xapp-sandbox"}
        fault = {"method": "apps.connections.open", "kind": "429", "times": 5, "seconds": 1}
        requests.post(url.replace("/api/", "/_sandbox/faults"), json=fault, timeout=5).raise_for_status()

        found = [one for one in installation.examine() if "SLACK_APP_TOKEN" in one.said]

    assert [(one.state, one.mend) for one in found] == [("warning", "Look again in a minute.")]


def test_a_token_that_slack_refuses_is_wrong_and_not_told(installation: Installation) -> None:
    installation.environ["SLACK_BOT_TOKEN"] = "xoxb-canary-of-another-app"

    found = installation.examine()

    wrong = only([one for one in found if one.state == "wrong"])
    assert (wrong.part, "invalid_auth" in wrong.said) == ("slack", True)
    assert "canary" not in repr(found)


def test_an_app_that_was_uninstalled_is_to_be_installed_again(installation: Installation) -> None:
    with local_slack() as url:
        installation.environ["SLACK_API_URL"] = url
        requests.post(f"{url.removesuffix('/api/')}/_sandbox/uninstall", json={}, timeout=10)

        found = installation.examine()

    wrong = only([one for one in found if (one.part, one.state) == ("slack", "wrong")])
    assert "account_inactive" in wrong.said
    assert "install it again in Slack" in wrong.mend


def test_a_slack_that_is_away_is_wrong(installation: Installation) -> None:
    installation.environ["SLACK_API_URL"] = "http://127.0.0.1:1/api/"

    assert only(installation.wrong()).part == "slack"


# --- Salesforce ---


def test_a_client_secret_that_salesforce_refuses_is_wrong_and_not_told(installation: Installation) -> None:
    installation.environ["SALESFORCE_CLIENT_SECRET"] = "canary-of-another-app"

    found = installation.examine()

    wrong = only([one for one in found if one.state == "wrong"])
    assert wrong.said == "Salesforce refused the login: invalid_client: invalid client credentials"
    assert "canary" not in repr(found)


def test_an_org_that_is_away_is_wrong(installation: Installation) -> None:
    installation.environ["SALESFORCE_URL"] = "http://127.0.0.1:1"

    assert only(installation.wrong()).part == "salesforce"


@pytest.mark.parametrize(
    "name", [one for one in TOUCH_FIELDS if one not in ("Opportunity__c", "External_Ref__c")]
)
def test_a_field_of_the_touch_that_is_missing_is_named(
    installation: Installation, tmp_path: Path, name: str
) -> None:
    project = changed_project(tmp_path, lambda folder: remove_field(name, folder))
    with local_org(project) as url:
        installation.environ["SALESFORCE_URL"] = url

        found = only(installation.wrong())

    assert found.said == f"Content_Touch__c lacks {name}, or hides it"
    assert "permission set" in found.mend


@pytest.mark.parametrize(
    ("field", "old", "new", "said"),
    [
        ("External_Ref__c", "<unique>true", "<unique>false", "no unique external id"),
        ("External_Ref__c", "<externalId>true", "<externalId>false", "no unique external id"),
        ("Kind__c", "Opened by buyer", "Seen", "does not know the value Opened by buyer"),
        (
            "Opportunity__c",
            "reparentableMasterDetail>true",
            "reparentableMasterDetail>false",
            "Opportunity__c",
        ),
    ],
)
def test_a_field_of_the_touch_that_would_not_do_is_named(
    installation: Installation, tmp_path: Path, field: str, old: str, new: str, said: str
) -> None:
    project = changed_project(tmp_path, lambda folder: replace_in_field(field, old, new, folder))
    with local_org(project) as url:
        installation.environ["SALESFORCE_URL"] = url

        found = only(installation.wrong())

    assert said in found.said


def test_an_older_package_is_no_fault_and_what_it_lacks_is_named(
    installation: Installation, tmp_path: Path
) -> None:
    project = old_package(tmp_path)
    with local_org(project) as url:
        installation.environ["SALESFORCE_URL"] = url

        found = installation.examine()

    warned = [one for one in found if (one.part, one.state) == ("salesforce", "warning")]
    assert [one for one in found if one.state == "wrong"] == []
    assert {one.said.partition(" ")[0] for one in warned} == {
        "Content_Touch__c",
        "Content_Asset__c",
        "Content_Suggestion__c",
    }
    assert all("Deploy crm/salesforce again" in one.mend for one in warned)
    assert "assets and suggestions can be shown on deals" not in [one.said for one in found]


HOOK_SECRET = "whsec_" + "QUJD" * 8
HOOKS = {
    "SALESFORCE_ORG_ID": make_id("00D", 1),
    "SALESFORCE_OUTBOUND_PATH": "p" * 40,
    "SALESFORCE_HOOK_SECRET": HOOK_SECRET,
}


def hook_findings(installation: Installation) -> list[str]:
    return [one.said for one in installation.examine() if one.part == "hooks"]


def test_hooks_that_are_not_set_up_are_no_trouble(installation: Installation) -> None:
    said, panel = hook_findings(installation)

    assert "every 300 seconds" in said
    assert "the panel on the Opportunity can't" in panel


def test_it_says_which_hooks_are_set_up(installation: Installation) -> None:
    installation.environ.update(HOOKS, SALESFORCE_OUTBOUND_NETWORKS="192.0.2.0/24, 2001:db8::/32")
    installation.environ["TRUSTED_PROXIES"] = "10.0.0.5"
    whole = hook_findings(installation)
    del installation.environ["SALESFORCE_HOOK_SECRET"]
    outbound_only = hook_findings(installation)

    assert not installation.wrong()
    assert whole[0] == "Outbound Messages are taken from 192.0.2.0/24, 2001:db8::/32"
    assert whole[1].endswith("are taken")
    assert "not set up (SALESFORCE_HOOK_SECRET)" in outbound_only[1]
    assert not any(secret in line for line in whole for secret in ("p" * 40, HOOK_SECRET))


def test_hooks_of_another_org_than_ours_are_wrong(installation: Installation) -> None:
    installation.environ.update(HOOKS, SALESFORCE_ORG_ID=make_id("00D", 2))

    wrong = only(installation.wrong())

    assert make_id("00D", 1) in wrong.said
    assert "SALESFORCE_ORG_ID" in wrong.mend


def test_a_hook_setting_that_can_not_be_used_is_named_and_the_rest_is_still_checked(
    installation: Installation,
) -> None:
    installation.environ.update(HOOKS, SALESFORCE_HOOK_SECRET="too-weak-a-secret")

    [wrong] = installation.wrong()

    assert wrong.said.startswith("SALESFORCE_HOOK_SECRET: should be whsec_")
    assert "too-weak" not in wrong.said
    assert {one.part for one in installation.examine()} == PARTS


def test_an_org_without_the_touch_object_is_wrong(installation: Installation, tmp_path: Path) -> None:
    with local_org(changed_project(tmp_path, rename_object)) as url:
        installation.environ["SALESFORCE_URL"] = url

        found = only(installation.wrong())

    assert found.said.startswith("Content_Touch__c is not there")


def test_a_mapped_field_that_the_org_does_not_have_is_named(
    installation: Installation, tmp_path: Path
) -> None:
    mapping = tmp_path / "mapping.yml"
    mapping.write_text(
        DEFAULT.read_text(encoding="utf-8").replace("MainCompetitors__c", "Rivals__c"), "utf-8"
    )
    installation.environ["SALESFORCE_MAPPING"] = str(mapping)

    found = only(installation.wrong())

    assert found.said == "Opportunity lacks Rivals__c, or hides it"
    assert str(mapping) in found.mend


def test_a_mapping_that_cannot_be_read_is_wrong(installation: Installation) -> None:
    installation.environ["SALESFORCE_MAPPING"] = "/nowhere/mapping.yml"

    found = only(installation.wrong())

    assert found.said.startswith("/nowhere/mapping.yml can't be used as the field mapping")


def test_an_org_that_shows_us_no_deal_is_told_and_what_was_found_before_stays(
    installation: Installation,
) -> None:
    with local_org(deals=()) as url:
        installation.environ["SALESFORCE_URL"] = url

        found = [one for one in installation.examine() if one.part == "salesforce"]

    assert [one.said for one in found if one.state == "wrong"] == [
        "we see no Opportunity, so nobody can be shown one"
    ]
    assert found[0].said.startswith("signed in to")


def test_a_library_of_files_that_we_do_not_see_is_wrong_and_nothing_else_is(
    installation: Installation,
) -> None:
    installation.environ["SALESFORCE_FILE_LIBRARIES"] = "Sales decks"

    found = only(installation.wrong())

    assert found.said == "there is no library “Sales decks”, or we are not a member: its files are not read"
    assert "Manage Members" in found.mend


@pytest.mark.parametrize(
    ("left", "state"), [(15_000, "ok"), (1_500, "ok"), (1_499, "warning"), (1, "warning"), (0, "wrong")]
)
def test_api_calls_that_run_out_are_told_before_they_are_gone(left: int, state: str) -> None:
    assert calls_finding(left, 15_000).state == state


# --- what it checks is what is used ---


def test_every_field_that_a_touch_is_written_with_is_checked() -> None:
    touch = Touch("t", "shared", "a", "v", "d", "maya@x.test", "lee@x.test", "slack", "", NOW)

    row = to_row(touch, asset=asset(), version=1, actor=None, share=None)

    assert set(row) == set(TOUCH_FIELDS)


def test_every_object_and_field_that_deals_are_read_from_is_checked() -> None:
    read = fields_read(load_field_map())

    assert {"Opportunity", "Account", "Contact", "User", "UserRole", "OpportunityContactRole"} < set(read)
    assert {"Amount", "StageName", "MainCompetitors__c"} < set(read["Opportunity"])
    assert {"Industry", "Language__c", "Name"} < set(read["Account"])


# --- the command ---


def doctor(installation: Installation, *options: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], **installation.environ}
    return touchline("doctor", *options, environ=environ)


def test_the_command_ends_well_when_nothing_is_wrong(installation: Installation) -> None:
    ended = doctor(installation, "--json")

    said = json.loads(ended.stdout)
    assert (ended.returncode, said["ok"]) == (0, True)
    assert {one["part"] for one in said["checks"]} == PARTS


def test_the_command_ends_with_1_and_says_how_to_mend_what_is_wrong(installation: Installation) -> None:
    installation.environ["SLACK_BOT_TOKEN"] = "xoxb-canary-of-another-app"

    ended = doctor(installation)

    assert ended.returncode == 1
    assert "→ Copy the Bot User OAuth Token again" in ended.stdout
    assert "canary" not in ended.stdout + ended.stderr
    assert SLACK_TOKEN not in ended.stdout + ended.stderr
