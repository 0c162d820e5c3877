"""Processes that read files, kept for the next file: most tests want words read, not a process begun for each."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from enablement.adapters import crm_files, intake, uploads
from enablement.adapters.extract import Extracted, Limits, UnreadableFile, process
from enablement.language import spoken

_Outcome = tuple[Path, Extracted | UnreadableFile]


@contextmanager
def kept_readers() -> Iterator[None]:
    """Let who takes files in read them through processes that stay; `enablement.adapters.extract` is left as it is."""
    idle: defaultdict[tuple[Limits, str], list[process._Reader]] = defaultdict(list)

    def extract_many(paths: Iterable[Path], *, limits: Limits = Limits()) -> Iterator[_Outcome]:  # noqa: B008 - frozen
        # What is wrong with a file is said in the language in which its process was begun.
        waiting = idle[limits, spoken()]
        reader = waiting.pop() if waiting else process._Reader(limits)
        try:
            for path in paths:
                yield path, reader.read(path)
        finally:
            waiting.append(reader)

    def extract(path: Path, *, limits: Limits = Limits()) -> Extracted:  # noqa: B008 - frozen
        [(_path, outcome)] = extract_many([path], limits=limits)
        if isinstance(outcome, UnreadableFile):
            raise outcome
        return outcome

    with pytest.MonkeyPatch.context() as patch:
        for module in (crm_files, intake):
            patch.setattr(module, "extract_many", extract_many)
        patch.setattr(uploads, "extract", extract)
        try:
            yield
        finally:
            for reader in [one for some in idle.values() for one in some]:
                reader.close()
