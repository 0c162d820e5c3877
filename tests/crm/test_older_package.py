"""An org with an older package: touches go on, nothing else is written, and what it lacks comes with the upgrade."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

import app as composition
from crm import assets, suggestions, touches
from crm.check import copy_problems
from crm.client import SalesforceClient
from crm.plugin import LOOK_AGAIN_S, LOOK_EVERY_S, LOOK_SOON_S, NEEDED, Plugin
from enablement.copying import RENEW, SLICE
from enablement.model import Copy
from enablement.ports import Undeliverable
from enablement.reconcile import check, mend_touches
from jobs.kinds import KINDS
from jobs.lanes import drain
from tests import doors
from tests.crm.copies import choose, dead, fitting, follow, shown, suggested, unsettled
from tests.crm.test_touches import COLLECTION, keep, refs, touch
from tests.crm.test_touches_name_assets import CALCULATOR, named
from tests.doors import ROLLOUT, Stage


def old_package(folder: Path) -> Path:
    """Return the project as it was before assets and suggestions: the touch alone, and who may write it."""
    project, kept = folder / "old", Path("force-app/main/default")
    shutil.copytree(
        doors.PROJECT / kept / "objects/Content_Touch__c", project / kept / "objects/Content_Touch__c"
    )
    (project / kept / "objects/Content_Touch__c/fields/Content_Asset__c.field-meta.xml").unlink()
    shutil.copy(doors.PROJECT / "sfdx-project.json", project)
    return project


@contextmanager
def served(
    folder: Path, project: Path, monkeypatch: pytest.MonkeyPatch, *, fill: bool = False
) -> Iterator[Stage]:
    """Serve the product beside an org with this project."""
    monkeypatch.setattr(doors, "PROJECT", project)
    with doors._served(folder, rate_limits=False) as stage:
        if fill:
            doors._fill(stage)
        yield stage


def round_of_the_day(stage: Stage) -> None:
    follow(stage)
    kinds = {kind: KINDS["compute"][kind] for kind in (RENEW, SLICE)}
    drain("compute", kinds, stage.services, owner="renewing")
    stage.drain("write")


def test_touches_go_on_and_the_upgrade_fills_everything_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = doors.PROJECT
    (folder := tmp_path / "stage").mkdir()
    with served(folder, old_package(tmp_path), monkeypatch, fill=True) as stage:
        deals, users = dict(stage.deals), dict(stage.users)
        fitting(stage, 2)
        one = touch(stage)
        keep(stage, [one])
        round_of_the_day(stage)
        choose(stage)
        stage.clock.advance(minutes=2)
        said = check(stage.services, since=None, now=stage.clock())
        problems = [one.said for one in copy_problems(client(stage))]
        written = {call["path"] for call in stage.org_calls(COLLECTION[: COLLECTION.rindex("/") + 1])}

        assert refs(stage) == [one.id]
        assert (dead(stage), unsettled(stage)) == ([], [])
        assert (said.differs, said.copies.assets_there, said.copies.missing) == (False, 0, [])
        assert {path.rpartition("/")[0] for path in written} == {COLLECTION}, (
            "what is not there is left alone"
        )
        assert problems == [
            "Content_Touch__c lacks Content_Asset__c, or does not let us write it",
            "Content_Asset__c is not there, or hidden from us",
            "Content_Suggestion__c is not there, or hidden from us",
        ]

    with served(folder, whole, monkeypatch) as stage:
        stage.deals.update(deals)
        stage.users.update(users)
        round_of_the_day(stage)
        stage.clock.advance(minutes=2)
        said = check(stage.services, since=None, now=stage.clock())
        mend_touches(stage.services, said.touches, now=stage.clock())
        stage.drain("write")

        assert CALCULATOR in shown(stage)
        assert {row["Opportunity__c"] for row in suggested(stage)} >= {stage.deals[ROLLOUT]}
        assert named(stage) == {one.id: CALCULATOR}
        assert list(copy_problems(client(stage))) == []


def client(stage: Stage) -> SalesforceClient:
    return composition.salesforce(stage.settings)


class Described:
    """A client that describes objects as it is told, and counts how often it is asked."""

    def __init__(self) -> None:
        self.fields: dict[str, tuple[str, ...]] = {}
        self.asked: list[str] = []

    def describe(self, name: str) -> dict[str, Any]:
        self.asked.append(name)
        if name not in self.fields:
            raise Undeliverable("NOT_FOUND: The requested resource does not exist")
        return {"fields": [{"name": one, "createable": True} for one in self.fields[name]]}


def test_what_is_missing_is_looked_for_each_hour_and_what_is_there_each_day() -> None:
    org, now = Described(), [0.0]
    plugin = Plugin(cast("SalesforceClient", org), ticks=lambda: now[0])

    assert plugin.copied() == frozenset()
    org.fields = {assets.OBJECT: assets.FIELDS, touches.OBJECT: (touches.LOOKUP_FIELD,)}
    assert plugin.copied() == frozenset(), "it is not asked each time"
    now[0] += LOOK_AGAIN_S + 1
    assert plugin.copied() == {"asset"}
    assert plugin.links_touches()
    org.fields[suggestions.OBJECT] = suggestions.FIELDS
    now[0] += LOOK_AGAIN_S + 1
    assert plugin.copied() == {"asset", "suggestions"}
    asked = len(org.asked)
    org.fields = {}
    now[0] += LOOK_EVERY_S - LOOK_AGAIN_S - 10
    assert plugin.copied() == {"asset", "suggestions"}
    assert len(org.asked) == asked
    plugin.doubt()
    assert plugin.copied() == frozenset()


def test_what_another_process_has_found_is_looked_for_within_a_minute() -> None:
    org, now, known = Described(), [0.0], [False]
    plugin = Plugin(cast("SalesforceClient", org), is_known=lambda: known[0], ticks=lambda: now[0])
    plugin.lacks(assets.OBJECT)
    org.fields = {assets.OBJECT: assets.FIELDS}
    now[0] += LOOK_SOON_S + 1
    unknown = plugin.lacks(assets.OBJECT)
    known[0] = True

    assert unknown
    assert plugin.lacks(assets.OBJECT) == ()
    assert len(org.asked) == 2


def test_an_object_that_lacks_one_field_is_not_written() -> None:
    org = Described()
    org.fields = {assets.OBJECT: assets.FIELDS[:-1], suggestions.OBJECT: suggestions.FIELDS}
    plugin = Plugin(cast("SalesforceClient", org))

    assert plugin.lacks(assets.OBJECT) == (assets.FIELDS[-1],)
    assert plugin.copied() == frozenset()


def test_what_vanishes_meanwhile_is_left_out_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder := tmp_path / "stage").mkdir()
    with served(folder, old_package(tmp_path), monkeypatch, fill=True) as stage:
        # It was there when it was looked for last.
        crm = cast("Any", stage.services.crm)
        crm._plugin._lacking = {name: (time.monotonic(), ()) for name in NEEDED}
        one, other = touch(stage, "one"), touch(stage, "other")
        stage.services.copies.keep("asset", {one.asset_id: Copy("told")})
        keep(stage, [one, other])

        stage.drain("write")

        assert refs(stage) == sorted([one.id, other.id])
        assert (dead(stage), unsettled(stage)) == ([], [])
        assert stage.services.crm.copied() == frozenset(), "it was looked for anew"
