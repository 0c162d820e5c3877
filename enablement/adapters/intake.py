"""Take files and folders into the library: read in a child process, with what folders and sidecars say of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from enablement.adapters.extract import Extracted, ExtractedPage, UnreadableFile, extract_many
from enablement.adapters.extract.clean import one_line
from enablement.adapters.folder_rules import FolderRules, all_rule_files, read_rules, rule_files
from enablement.adapters.yaml_file import read_yaml
from enablement.library import Incoming, Outcome, Taken, take_in
from enablement.metadata import BadMetadata, metadata_problems, text_of, web_address
from enablement.model import Task, key
from enablement.ports import Catalog, Ledger, Services

SUFFIXES = frozenset({".md", ".markdown", ".txt", ".html", ".htm", ".pptx", ".docx", ".pdf"})
SIDECARS = (".yml", ".yaml")
LINKS = (".link.yml", ".link.yaml")
LINK_TYPE = "text/uri-list"
_LINKS_OWN = ("url", "text")
# How much room the outbox has for a path.
LONGEST_SUBJECT = 255
_MEND = "Mend it in the file or its sidecar and add it again."
_Rules = Mapping[Path, FolderRules]


@dataclass(frozen=True)
class Intake:
    """What became of one file: an outcome, or why it was refused; notes are worth a look but stopped nothing.

    Rules (`library.yml`) have no outcome: they are here only when there is something to say of them.
    """

    path: Path
    outcome: Outcome | None
    refusal: str = ""
    notes: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()


def files_in(paths: Sequence[Path]) -> list[tuple[Path, Path]]:
    """Return (file, the folder it was named with) for each readable file under these paths, in order.

    Raises FileNotFoundError for a path that is not there.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"{path} is not there")
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        root = path if path.is_dir() else path.parent
        for file in files:
            hidden = any(part.startswith((".", "~$")) for part in file.relative_to(root).parts)
            if file.is_file() and not hidden and _is_wanted(file, is_named=file == path):
                found.setdefault(file.resolve(), root.resolve())
    return list(found.items())


def take_in_files(
    files: Sequence[tuple[Path, Path]],
    catalog: Catalog,
    ledger: Ledger,
    *,
    clock: Callable[[], datetime],
) -> Iterator[Intake]:
    """Take in each file and yield what became of it; one that can't be read does not stop the others."""
    rules, said = _rules(files)
    catalog.keep_collections(shelf for one in rules.values() for shelf in one.collections)
    yield from said
    files = [(file, root) for file, root in files if all(path in rules for path in rule_files(file, root))]
    for (path, root), read in zip(files, _read_all([path for path, _ in files]), strict=True):
        if isinstance(read, UnreadableFile):
            yield Intake(path, None, str(read))
            continue
        try:
            metadata = {**_said_by_folders(path, root, rules), **read.front_matter, **_sidecar(path)}
            incoming = _incoming(path, read, metadata)
            notes = metadata_problems(incoming.metadata)
            taken = take_in(incoming, catalog, ledger, is_there=_is_there, now=clock())
        except BadMetadata as error:
            yield Intake(path, None, one_line(f"{path.name}: {error}. {_MEND}"))
            continue
        yield Intake(path, taken.outcome, notes=(*notes, *_notes(read, taken)), waits_for=taken.waits_for)


def later(files: Sequence[tuple[Path, Path]], *, now: datetime) -> tuple[list[Task], list[Intake]]:
    """Return the work of taking in each file, and what is refused at once: bad rules, and paths that are too long."""
    rules, said = _rules(files)
    tasks = []
    for file, root in files:
        subject = f"{root}/./{file.relative_to(root)}"
        if len(subject) > LONGEST_SUBJECT:
            said.append(Intake(file, None, f"{file.name}: its path is too long to be taken in later."))
        elif all(path in rules for path in rule_files(file, root)):
            task_id = key("library.take_in", subject, now.isoformat())
            tasks.append(Task(task_id, "library.take_in", "compute", subject))
    return tasks, said


def take_in_subjects(subjects: Iterable[str], services: Services) -> dict[str, str]:
    """Take in the files of such tasks; return those that were refused, with the reason.

    A subject is the path of a file with `/./` after the folder that it was named with.
    """
    files = {subject: (Path(subject), Path(subject.partition("/./")[0])) for subject in subjects}
    refused = {
        subject: f"{file} is not there, or not on this machine"
        for subject, (file, _) in files.items()
        if not file.is_file()
    }
    there = {file: subject for subject, (file, _) in files.items() if subject not in refused}
    named = [files[subject] for subject in there.values()]
    for one in take_in_files(named, services.catalog, services.ledger, clock=services.clock):
        if one.refusal:
            under = [there[one.path]] if one.path in there else _under(one.path, files)
            refused |= dict.fromkeys(under, one.refusal)
    return refused


def _under(rules: Path, files: Mapping[str, tuple[Path, Path]]) -> list[str]:
    return [subject for subject, (file, root) in files.items() if rules in rule_files(file, root)]


def _rules(files: Sequence[tuple[Path, Path]]) -> tuple[dict[Path, FolderRules], list[Intake]]:
    """Read all rules that count for these files; return them by path, and what there is to say of them.

    Rules may say who must not see a file: where they can't be understood, the files under them are left as they are.
    """
    rules, said = {}, []
    for path in all_rule_files(files):
        try:
            rules[path] = read_rules(path)
        except BadMetadata as error:
            left = sum(path in rule_files(file, root) for file, root in files)
            text = f"{path} {error}. Mend it and add the folder again; until then its {left} files stay as they are."
            said.append(Intake(path, None, one_line(text)))
        else:
            said += [Intake(path, None, notes=rules[path].notes)] * bool(rules[path].notes)
    return rules, said


def _said_by_folders(path: Path, root: Path, rules: _Rules) -> dict[str, object]:
    return {
        name: value
        for rule_file in rule_files(path, root)
        for name, value in rules[rule_file].said_of(path).items()
    }


def _is_wanted(file: Path, *, is_named: bool) -> bool:
    name = file.name.lower()
    return (
        file.suffix.lower() in SUFFIXES or name.endswith(LINKS) or (is_named and not name.endswith(SIDECARS))
    )


def _is_there(source: str) -> bool:
    # Only a path can be looked for: what came from Slack or Salesforce is where it was.
    return not Path(source).is_absolute() or Path(source).exists()


def _is_link(path: Path) -> bool:
    return path.name.lower().endswith(LINKS)


def _read_all(paths: Sequence[Path]) -> Iterator[Extracted | UnreadableFile]:
    """Read files in their order: links here, all others in a child process."""
    readings = extract_many(path for path in paths if not _is_link(path))
    for path in paths:
        yield _read_link(path) if _is_link(path) else next(readings)[1]


def _read_link(path: Path) -> Extracted | UnreadableFile:
    """Read a link: an address, and the words by which it is found."""
    try:
        said = read_yaml(path)
        web_address(said)
        title, text = text_of(said, "title"), text_of(said, "text")
    except BadMetadata as error:
        return UnreadableFile(one_line(f"{path.name}: {error}. Mend it and add it again."))
    if not title:
        return UnreadableFile(f"{path.name} needs a “title” by which people know it. Add one.")
    return Extracted(LINK_TYPE, title, (ExtractedPage(1, title, text),), said)


def _incoming(path: Path, read: Extracted, metadata: Mapping[str, object]) -> Incoming:
    url = web_address(read.front_matter) if _is_link(path) else ""
    return Incoming(
        source=str(path),
        file_name=path.name,
        media_type=read.media_type,
        data=_uri_list(read, url) if url else path.read_bytes(),
        title=read.title or path.stem.replace("_", " ").replace("-", " "),
        pages=read.pages,
        metadata={name: value for name, value in metadata.items() if name not in _LINKS_OWN or not url},
        url=url,
    )


def _uri_list(link: Extracted, url: str) -> bytes:
    """Return a link in the form of its media type: comments, then the address (RFC 2483, section 5)."""
    (page,) = link.pages
    comments = [f"# {line}" for line in (page.title, *page.text.splitlines())]
    return "".join(f"{line}\r\n" for line in (*comments, url)).encode()


def _sidecar(path: Path) -> Mapping[str, object]:
    """Return what `name.ext.yml` beside a file says of it."""
    for suffix in SIDECARS:
        sidecar = path.with_name(path.name + suffix)
        if sidecar.exists():
            try:
                return read_yaml(sidecar)
            except BadMetadata as error:
                raise BadMetadata(f"its sidecar {sidecar.name} {error}") from error
    return {}


def _notes(read: Extracted, taken: Taken) -> tuple[str, ...]:
    notes = list(taken.notes)
    if read.truncated:
        notes.append("it is long: only the beginning can be found")
    if taken.asset.status == "draft":
        notes.append("it was declined: change it and add it again")
    if taken.asset.status == "in_review" and not taken.waits_for:
        notes.append("nobody but a librarian can approve it (TOUCHLINE_LIBRARIANS)")
    return tuple(notes)
