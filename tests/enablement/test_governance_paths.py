"""No path, however odd, publishes what nobody approved, or takes away what was published."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import Phase, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from enablement.adapters.sql.database import Database
from enablement.governance import NotAllowed, approve, archive, decline, restore, verify
from enablement.library import take_in
from enablement.model import Asset, Collection
from tests.enablement.test_library import incoming
from tests.fakes import World

JANA, OMAR, PRIYA, ANNA = (f"{name}@stowmark.example" for name in ("jana", "omar", "priya", "anna"))
PEOPLE = st.sampled_from([JANA, OMAR, PRIYA, ANNA, "lib@stowmark.example"])
SOURCES = st.sampled_from(["one.md", "two.md"])


def content(one: Asset) -> tuple[object, ...]:
    return (one.version_id, one.collection, one.audience, one.title)


class Governed(RuleBasedStateMachine):
    """Files come and go between a collection with approvers and one without; people decide in any order."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "touchline.db")
        self.world = World(Database(f"sqlite:///{self.folder / 'touchline.db'}"), self.folder / "index")
        self.world.catalog.keep_collections([Collection("Cards", (JANA, OMAR)), Collection("Open")])
        self.approved: set[tuple[str, tuple[object, ...]]] = set()
        self.governed: set[str] = set()

    def teardown(self) -> None:
        self.world.database.close()
        shutil.rmtree(self.folder)

    def known(self, source: str) -> Asset | None:
        return self.world.catalog.asset_by_source(source)

    @rule(
        source=SOURCES,
        text=st.sampled_from(["a", "b", "c"]),
        shelf=st.sampled_from(["Cards", "Open"]),
        audience=st.sampled_from(["internal", "customer"]),
        by=PEOPLE,
    )
    def add(self, source: str, text: str, shelf: str, audience: str, by: str) -> None:
        before = self.known(source)
        file = incoming(source, text, collection=shelf, audience=audience, owner=PRIYA)
        catalog, ledger = self.world.catalog, self.world.ledger
        take_in(file, catalog, ledger, is_there=lambda _: True, now=self.world.clock.move(60), by=by)
        after = self.known(source)
        assert after
        if before and before.status == "published":
            assert after.status == "published", "taking in never takes away"
        if shelf == "Cards" and (before is None or before.status != "published"):
            assert after.status != "published"
        if after.collection == "Cards":
            self.governed.add(after.id)

    @rule(source=SOURCES, by=PEOPLE)
    def approve(self, source: str, by: str) -> None:
        one = self.decide(approve, source, by)
        if one:
            assert by not in (PRIYA, ANNA)
            assert one.status == "published"
            self.approved.add((one.id, content(one)))
            if one.collection == "Open":
                self.governed.discard(one.id)

    @rule(source=SOURCES, by=PEOPLE)
    def decline(self, source: str, by: str) -> None:
        before = self.known(source)
        one = self.decide(decline, source, by, note="No")
        if one and before:
            assert one == before or one.status == "draft"

    @rule(source=SOURCES, by=PEOPLE)
    def archive(self, source: str, by: str) -> None:
        self.decide(archive, source, by)

    @rule(source=SOURCES, by=PEOPLE)
    def restore(self, source: str, by: str) -> None:
        self.decide(restore, source, by)

    @rule(source=SOURCES, by=PEOPLE)
    def verify(self, source: str, by: str) -> None:
        self.decide(verify, source, by)

    def decide(self, act: object, source: str, by: str, **more: object) -> Asset | None:
        one = self.known(source)
        if one is None:
            return None
        now = self.world.clock.move(60)
        try:
            return act(one.id, email=by, services=self.world.services, now=now, **more)  # type: ignore[no-any-return,operator]  # any of governance's acts
        except NotAllowed:
            return None

    @invariant()
    def what_is_published_was_approved(self) -> None:
        for one in self.world.catalog.assets():
            if one.status == "published" and (one.collection == "Cards" or one.id in self.governed):
                assert (one.id, content(one)) in self.approved

    @invariant()
    def all_that_is_kept_has_its_bytes(self) -> None:
        for one in (*self.world.catalog.assets(), *self.world.catalog.proposals()):
            version = self.world.catalog.version(one.version_id)
            assert version
            assert (version.asset_id, version.number) == (one.id, one.version)
            assert self.world.catalog.data(one.version_id)


def test_nothing_is_published_past_its_approvers(migrated_sqlite: Path) -> None:
    Governed.template = migrated_sqlite
    # A path that was found is said as it is: to shorten it takes longer than a test may.
    few = settings(
        max_examples=25, stateful_step_count=25, deadline=None, database=None, phases=[Phase.generate]
    )

    run_state_machine_as_test(Governed, settings=few)
