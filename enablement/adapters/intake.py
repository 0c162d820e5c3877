"""Take files and folders into the library: read in a child process, with what their sidecars say of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml

from enablement.adapters.extract import Extracted, UnreadableFile, extract_many
from enablement.library import BadMetadata, Incoming, Outcome, Shelf, metadata_problems, take_in

SUFFIXES = frozenset({".md", ".markdown", ".txt", ".html", ".htm", ".pptx", ".docx", ".pdf"})
SIDECARS = frozenset({".yml", ".yaml"})


@dataclass(frozen=True)
class Intake:
    """What became of one file: an outcome, or why it was refused; notes are worth a look but stopped nothing."""

    path: Path
    outcome: Outcome | None
    refusal: str = ""
    notes: tuple[str, ...] = ()


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
            wanted = file.suffix.lower() in SUFFIXES or (file == path and file.suffix.lower() not in SIDECARS)
            if file.is_file() and wanted and not hidden:
                found.setdefault(file.resolve(), root.resolve())
    return list(found.items())


def take_in_files(
    files: Sequence[tuple[Path, Path]], shelf: Shelf, *, clock: Callable[[], datetime]
) -> Iterator[Intake]:
    """Take in each file and yield what became of it; one that can't be read does not stop the others."""
    for path, read in extract_many([path for path, _ in files]):
        if isinstance(read, UnreadableFile):
            yield Intake(path, None, str(read))
            continue
        try:
            metadata = {**read.front_matter, **_sidecar(path)}
            outcome = take_in(_incoming(path, read, metadata), shelf, is_there=_is_there, now=clock())
        except BadMetadata as error:
            yield Intake(
                path, None, f"{path.name}: {error}. Mend it in the file or its sidecar and add it again."
            )
            continue
        cut = ("it is long: only the beginning can be found",) if read.truncated else ()
        yield Intake(path, outcome, notes=(*metadata_problems(metadata), *cut))


def _is_there(source: str) -> bool:
    return Path(source).exists()


def _incoming(path: Path, read: Extracted, metadata: Mapping[str, object]) -> Incoming:
    return Incoming(
        source=str(path),
        file_name=path.name,
        media_type=read.media_type,
        data=path.read_bytes(),
        title=read.title or path.stem.replace("_", " ").replace("-", " "),
        pages=read.pages,
        metadata=metadata,
    )


def _sidecar(path: Path) -> Mapping[str, object]:
    """Return what `name.ext.yml` beside a file says of it."""
    for suffix in SIDECARS:
        sidecar = path.with_name(path.name + suffix)
        if sidecar.exists():
            try:
                said = yaml.safe_load(sidecar.read_text(encoding="utf-8"))
            except (yaml.YAMLError, UnicodeDecodeError) as error:
                raise BadMetadata(f"its sidecar {sidecar.name} is not YAML") from error
            if not isinstance(said, dict):
                raise BadMetadata(f"its sidecar {sidecar.name} should hold “key: value” lines")
            return {str(name): value for name, value in said.items()}
    return {}
