"""`touchline library …`: take files in, look at what is there, and decide about it."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from cli_requests import not_useful, requests
from enablement import analyser, deals, governance, wording
from enablement.access import asset_filter
from enablement.adapters.crm_files import follow_files
from enablement.adapters.intake import Intake, files_in, later, take_in_files
from enablement.asked_deals import visible_deals
from enablement.library import called
from enablement.model import Ask, Asset, Place
from enablement.people import NotServed, colleague
from enablement.ports import AccessUnknown, AssetFilter, Services
from enablement.recommend import recommend
from enablement.search import Match, find, marks, phrases_in, snippet
from jobs.kinds import KINDS, embedding
from jobs.lanes import drain
from jobs.owners import owner_name
from terminal import AsJson, Failed, err, open_services, out

library_cli = typer.Typer(no_args_is_help=True, help="The content library.")
library_cli.command("requests")(requests)
library_cli.command("not-useful")(not_useful)
MOST_SHOWN = 20
MOST_NAMED = 10

Named = Annotated[str, typer.Argument(metavar="ASSET", help="Its id (or how that begins), title or path.")]
By = Annotated[str, typer.Option("--as", help="The e-mail of who decides.")]
Note = Annotated[str, typer.Option("--note", help="Why, in a few words.")]


@library_cli.command("add")
def add(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.")],
    background: Annotated[bool, typer.Option("--background", help="Have a worker do it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take files into the library; the same file again changes nothing."""
    services = open_services(doors=False)
    files = files_in(paths)
    if not files:
        raise Failed(
            "There is nothing here that can be read: Markdown, text, HTML, PPTX, DOCX, PDF or links."
        )
    if background:
        _hand_over(files, services, as_json=as_json)
        return
    with Progress(console=err, transient=True, disable=as_json) as progress:
        intake = take_in_files(files, services.catalog, services.ledger, clock=services.clock)
        taken = list(progress.track(intake, total=len(files)))
    services.index.follow()
    services.work.wake("write", "compute")
    _report(taken, as_json=as_json)


@library_cli.command("files")
def files(as_json: AsJson = False) -> None:
    """Read the Salesforce libraries that Touchline follows now, and say what became of each file."""
    services = open_services()
    if services.crm.files() is None:
        raise Failed("No Salesforce library is followed: name one or more in SALESFORCE_FILE_LIBRARIES.")
    # Who asks wants to hear of what was refused before, too.
    with err.status("Reading Salesforce Files …"):
        followed = follow_files(services, again=True)
    services.index.follow()
    services.work.wake("write", "compute")
    counts = Counter(one.outcome for one in followed.files)
    if as_json:
        print(json.dumps({"counts": counts, **asdict(followed)}, ensure_ascii=False))
    else:
        for line in followed.complaints():
            err.print(escape(line), style="red", highlight=False, soft_wrap=True)
        for one in followed.files:
            if one.outcome not in ("refused", "put off"):
                out.print(escape(f"{one.outcome}  {one.name}  {one.said}"), highlight=False, soft_wrap=True)
        said = ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())
        out.print(f"{said or 'Nothing new'}.")
    if followed.trouble or followed.unseen:
        raise typer.Exit(1)


@library_cli.command("embed")
def embed(as_json: AsJson = False) -> None:
    """Learn now what new assets mean, instead of leaving it to the workers."""
    services = open_services(doors=False)
    if services.embedder is None:
        raise Failed("TOUCHLINE_EMBEDDER is off: the library is searched by its words alone.")
    model, now, owner = services.embedder.model, services.clock(), owner_name("embed")
    # A worker of this one kind: so it and the others never embed the same.
    kinds = {"library.embed": KINDS["compute"]["library.embed"]}
    services.outbox.add([embedding(owner)], now=now)
    with Progress(console=err, transient=True, disable=as_json) as progress:
        shown = progress.add_task("Embedding")
        while drain("compute", kinds, services, owner=owner):
            embedded, of = services.vectors.count(model)
            progress.update(shown, completed=embedded, total=of)
    embedded, of = services.vectors.count(model)
    waiting = len(services.vectors.missing(model, limit=of))
    counts = {"embedded": embedded, "refused": of - embedded - waiting, "waiting": waiting}
    if as_json:
        print(json.dumps({"model": model, **counts}))
    else:
        out.print(", ".join(f"{count} {outcome}" for outcome, count in counts.items()) + ".")
    if waiting:
        tried = services.outbox.letters(states=("due", "dead"), limit=MOST_SHOWN)
        errors = [one.error for one in tried if one.kind == "library.embed" and one.error]
        raise Failed(errors[0] if errors else "Another process is embedding the rest.")


@library_cli.command("list")
def list_assets(
    status: Annotated[
        str, typer.Option(help="Only these: draft, in review, published, expired, archived, …")
    ] = "",
    due: Annotated[bool, typer.Option("--due", help="Only what is due for review.")] = False,
    collection: Annotated[str, typer.Option(help="Only this collection.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the library, with what waits for approval."""
    services = open_services(doors=False)
    today = services.clock().date()
    wanted = "review due" if due else status.lower().replace("_", " ").replace("-", " ")
    assets = [*services.catalog.assets(), *services.catalog.proposals()]
    chosen = [
        one
        for one in assets
        if (not wanted or wanted in _states(one, today)) and collection in ("", one.collection)
    ]
    if as_json:
        print(json.dumps([_as_json(one, today) for one in chosen], default=str, ensure_ascii=False))
        return
    columns = ("id", "title", "kind", "language", "audience", "collection", "state", "version", "updated")
    table = Table(*columns, box=None, header_style="bold")
    for one in chosen:
        facts = (one.id[:8], one.title, one.kind, one.language, one.audience, one.collection)
        row = (*facts, governance.state(one, on=today), str(one.version), f"{one.updated_at:%d %b %Y}")
        table.add_row(*map(escape, row))
    out.print(table)


@library_cli.command("show")
def show(name: Named, as_json: AsJson = False) -> None:
    """Show all that is known of an asset, and what was decided about it."""
    services = open_services(doors=False)
    asset, today = _asset(name, services), services.clock().date()
    proposal = services.catalog.proposal(asset.id)
    decisions = services.ledger.decisions(asset.id)
    said = _as_json(asset, today)
    if as_json:
        more = {
            "proposal": _as_json(proposal, today) if proposal else None,
            "decisions": [asdict(one) for one in decisions],
        }
        print(json.dumps({**said, **more}, default=str, ensure_ascii=False))
        return
    out.print(escape(asset.title), style="bold")
    facets = said.pop("facets")
    for key, value in (said | facets).items():
        if value not in (None, "", ()) and key != "title":
            text = ", ".join(value) if isinstance(value, tuple) else str(value)
            out.print(f"  {key}: {escape(text)}", highlight=False, soft_wrap=True)
    if proposal:
        out.print(f"  proposed: version {proposal.version}, {governance.state(proposal, on=today)}")
    for one in decisions:
        by = f" by {one.email}" if one.email else ""
        note = f": {one.note}" if one.note else ""
        out.print(escape(f"  {one.at:%d %b %Y} {one.kind}{by}{note}"), highlight=False, soft_wrap=True)


@library_cli.command("approve")
def approve(name: Named, by: By, note: Note = "") -> None:
    """Publish what waits for approval."""
    services = open_services(doors=False)
    asset = _asset(name, services)
    done = governance.approve(asset.id, email=by, services=services, now=services.clock(), note=note)
    _say(done, "is published", services)


@library_cli.command("decline")
def decline(name: Named, by: By, note: Note) -> None:
    """Send what waits for approval back to who submitted it."""
    services = open_services(doors=False)
    asset = _asset(name, services)
    done = governance.decline(asset.id, email=by, services=services, now=services.clock(), note=note)
    stays = f"stays published as version {done.version}" if done.status == "published" else "is a draft again"
    _say(done, stays, services)


@library_cli.command("verify")
def verify(name: Named, by: By) -> None:
    """Note that an asset is still right as of today."""
    services = open_services(doors=False)
    done = governance.verify(_asset(name, services).id, email=by, services=services, now=services.clock())
    due = governance.review_due_on(done)
    _say(done, f"is verified{f', next by {due:%d %b %Y}' if due else ''}", services)


@library_cli.command("archive")
def archive(
    name: Named,
    by: By,
    replaced_by: Annotated[str, typer.Option("--replaced-by", help="The asset that takes its place.")] = "",
    note: Note = "",
) -> None:
    """Take an asset out of use: it is not found any more, and its links say so."""
    services = open_services(doors=False)
    asset = _asset(name, services)
    other = _asset(replaced_by, services).id if replaced_by else None
    done = governance.archive(
        asset.id, email=by, services=services, now=services.clock(), replaced_by=other, note=note
    )
    _say(done, "is archived", services)


@library_cli.command("restore")
def restore(name: Named, by: By) -> None:
    """Bring an archived asset back."""
    services = open_services(doors=False)
    done = governance.restore(_asset(name, services).id, email=by, services=services, now=services.clock())
    _say(done, "is published" if done.status == "published" else "waits for approval", services)


@library_cli.command("search")
def search(
    text: Annotated[str, typer.Argument(metavar="WORDS", help="A few words.")],
    deal: Annotated[str, typer.Option(help="For this deal, as in Slack; with --as.")] = "",
    as_: Annotated[str, typer.Option("--as", help="What this colleague (e-mail) would be shown.")] = "",
    lang: Annotated[str, typer.Option(help="Only in this language, such as fr or pt-BR.")] = "",
    as_json: AsJson = False,
) -> None:
    """Search the whole library as an operator, or for a deal as its rep."""
    in_deal = bool(deal or as_)
    services = open_services(doors=in_deal)
    only = asset_filter(shared_outside=False, now=services.clock())
    only = replace(only, languages=(lang,) if lang else ())
    if in_deal:
        _search_in_deal(text, deal, as_.lower(), only, services, as_json=as_json)
        return
    found = find(analyser.words(text), within=services, only=only, said=text, phrases=phrases_in(text))[
        :MOST_SHOWN
    ]
    seen = {
        (page.version_id, page.number): page
        for page in services.catalog.pages_at([_place(one) for one in found])
    }
    # A page that a new version has no more is found for as long as the index takes to follow.
    found = [one for one in found if _place(one) in seen]
    if services.questions.degraded:
        err.print(f"[yellow]by words alone[/]  {escape(services.questions.degraded)}", soft_wrap=True)
    if as_json:
        rows = [
            {
                "asset": one.asset.id,
                "title": one.asset.title,
                "language": one.asset.language,
                "page": one.page,
                "score": round(one.relevance, 4),
                "found": one.found,
                "meant": one.meant,
                "snippet": snippet(seen[_place(one)], one.meant or one.found),
            }
            for one in found
        ]
        print(json.dumps(rows, ensure_ascii=False))
        return
    for one in found:
        where = f"page {one.page}  {one.asset.language}  {one.relevance:.2f}"
        out.print(f"[bold]{escape(one.asset.title)}[/]  {where}  {escape(_why(one))}")
        words = one.meant or one.found
        out.print(f"  {_marked(snippet(seen[_place(one)], words), words)}", style="dim")
    if not found:
        out.print("Nothing found.")


def _place(match: Match) -> tuple[str, int]:
    return match.asset.version_id, match.page


def _why(match: Match) -> str:
    if match.by_meaning:
        return "by its meaning"
    return f"taken for: {', '.join(match.meant)}" if match.meant else ", ".join(match.found)


def _marked(text: str, found: Sequence[str]) -> str:
    """Return a snippet for the terminal, with the found words in bold."""
    return "".join(
        f"[bold]{escape(part)}[/]" if is_found else escape(part) for part, is_found in marks(text, found)
    )


def _search_in_deal(
    text: str, deal: str, email: str, only: AssetFilter, services: Services, *, as_json: bool
) -> None:
    if not email:
        raise Failed("Say for whom: --as somebody@example.com")
    now = services.clock()
    asking = Ask("", "terminal", "", email, text, Place(), "", False, None, now)
    try:
        user = colleague(asking, services, now=now)
        mine = visible_deals(user, services, question=f"{text} {deal}")
    except (NotServed, AccessUnknown) as error:
        raise Failed(str(error)) from error
    chosen = deals.named(deal, mine) if deal else deals.choose(text, mine)
    if not isinstance(chosen, deals.Choice):
        names = "".join(f"\n  {one.name}" for one in chosen.deals[:MOST_NAMED])
        raise Failed(f"Say which deal with --deal; {email} sees these:{names or ' none'}")
    words = analyser.words(text) if deal else chosen.words
    listed = recommend(
        words, chosen.deal, within=services, only=only, now=now, said=text, phrases=phrases_in(text)
    )
    basis, ranked = listed.basis, listed.ranked
    if as_json:
        rows = [
            {
                "asset": one.asset.id,
                "title": one.asset.title,
                "score": one.score,
                "reasons": [wording.reason(reason) for reason in one.reasons],
            }
            for one in ranked
        ]
        print(json.dumps({"deal": chosen.deal.name, "basis": basis, "answer": rows}, ensure_ascii=False))
        return
    out.print(f"[bold]{escape(chosen.deal.name)}[/]  {escape(wording.deal_facts(chosen.deal))}")
    for one in ranked:
        out.print(f"[bold]{escape(one.asset.title)}[/]  {one.score:.2f}")
        out.print(f"  {escape(wording.sentence(one.reasons))}", style="dim")
    if not ranked:
        out.print("Nothing found.")


def _hand_over(files: Sequence[tuple[Path, Path]], services: Services, *, as_json: bool) -> None:
    now = services.clock()
    tasks, said = later(files, now=now)
    services.outbox.add(tasks, now=now)
    services.work.wake("compute")
    _print_notes(said, as_json=as_json)
    if as_json:
        refused = [one for one in said if one.refusal]
        print(json.dumps({"waiting": len(tasks), "files": [_line(one) for one in refused]}))
        return
    out.print(
        f"{len(tasks)} files wait for a worker. `touchline outbox` shows those that still do, and those "
        "that were refused, with the reason; `touchline library list` shows what is there.",
        highlight=False,
        soft_wrap=True,
    )


def _report(taken: Sequence[Intake], *, as_json: bool) -> None:
    # Rules have no outcome of their own.
    counts = Counter(one.outcome or "refused" for one in taken if one.outcome or one.refusal)
    if as_json:
        files = [_line(one) for one in taken]
        print(json.dumps({"counts": counts, "files": files}, ensure_ascii=False))
        return
    _print_notes(taken, as_json=as_json)
    out.print(", ".join(f"{count} {outcome}" for outcome, count in counts.most_common()) + ".")


def _line(one: Intake) -> dict[str, object]:
    return {
        "file": str(one.path),
        "outcome": one.outcome or ("refused" if one.refusal else "read"),
        "refusal": one.refusal,
        "notes": list(one.notes),
        "waits_for": list(one.waits_for),
    }


def _print_notes(taken: Sequence[Intake], *, as_json: bool) -> None:
    if as_json:
        return
    for one in taken:
        if one.refusal:
            err.print(f"[red]refused[/]  {escape(one.refusal)}", soft_wrap=True)
        for note in one.notes:
            err.print(f"[yellow]note[/]  {escape(f'{one.path.name}: {note}')}", soft_wrap=True)
        if one.waits_for:
            whom = " or ".join(one.waits_for)
            err.print(
                f"[yellow]waits[/]  {escape(f'{one.path.name}: for approval by {whom}')}", soft_wrap=True
            )


def _asset(name: str, services: Services) -> Asset:
    """Return the one asset with this path, title or id, or whose id begins so."""
    catalog = services.catalog
    found = called(name, catalog) or called(str(Path(name).resolve()), catalog)
    found = found or [one for one in catalog.assets() if one.id.startswith(name) and name]
    if not found:
        raise Failed(f"No asset is called “{name}”. `touchline library list` shows all.")
    if len(found) > 1:
        lines = "".join(f"\n  {one.id[:12]}  {one.title}  {one.source}" for one in found[:MOST_NAMED])
        raise Failed(f"“{name}” could be {len(found)} assets; say which by its id:{lines}")
    return found[0]


def _states(asset: Asset, on: date) -> tuple[str, str]:
    return governance.state(asset, on=on), asset.status.replace("_", " ")


def _as_json(asset: Asset, on: date) -> dict[str, Any]:
    return {**asdict(asset), "state": governance.state(asset, on=on)}


def _say(asset: Asset, what: str, services: Services) -> None:
    """Say what became of an asset, and let searches know it at once."""
    services.index.follow()
    out.print(f"“{escape(asset.title)}” {what}.", highlight=False, soft_wrap=True)
