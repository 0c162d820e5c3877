"""Read files through child processes, so that no file can take the caller down."""

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, cast

from enablement.adapters.extract.clean import one_line
from enablement.adapters.extract.contents import Extracted, ExtractedPage, Limits, Refused, UnreadableFile
from enablement.adapters.extract.kinds import kind_named
from enablement.language import _, marked, spoken

_log = logging.getLogger(__name__)
_DEFAULT_LIMITS = Limits()
_ROOT = Path(__file__).parents[3]
# Nothing else reaches the child: a process that reads strangers' files has no business with our secrets.
_PASSED_ON = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_START_SECONDS = 60.0
_MOST_ANSWER_BYTES = 256_000_000
_CHUNK_BYTES = 1 << 20

_TOO_LONG = marked("takes too long to read. It may be damaged: save it anew, or split it, and add it again.")
_TOO_MUCH_MEMORY = marked("needs too much memory to read. Make it smaller, or split it, and add it again.")
_DAMAGED = marked("is damaged in a way that stops the reader. Open it, save it again and add the copy.")


class _ChildDiedError(Exception):
    """The child ended or was ended; the message is the rest of a sentence on the file it was reading."""


def extract(path: Path, *, limits: Limits = _DEFAULT_LIMITS) -> Extracted:
    """Read one file in a process of its own; raises UnreadableFile, and nothing else, for a bad file."""
    ((_path, outcome),) = extract_many([path], limits=limits)
    if isinstance(outcome, UnreadableFile):
        raise outcome
    return outcome


def extract_many(
    paths: Iterable[Path], *, limits: Limits = _DEFAULT_LIMITS
) -> Generator[tuple[Path, Extracted | UnreadableFile], None, None]:
    """Read files one after the other, in their order, in one process that is replaced when a file ends it."""
    reader = _Reader(limits)
    try:
        for path in paths:
            yield path, reader.read(path)
    finally:
        reader.close()


class _Reader:
    """Keeps a child at hand."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._child: _Child | None = None

    def read(self, path: Path) -> Extracted | UnreadableFile:
        had_read_others = self._child is not None
        try:
            return self._ask(path)
        except _ChildDiedError as death:
            if not had_read_others or str(death) == _TOO_LONG:
                return _unreadable(path, _(str(death)))
        # What earlier files left behind in the child's memory must not be held against this one.
        try:
            return self._ask(path)
        except _ChildDiedError as death:
            return _unreadable(path, _(str(death)))

    def close(self) -> None:
        if self._child:
            self._child.close()
            self._child = None

    def _ask(self, path: Path) -> Extracted | UnreadableFile:
        if self._child is None:
            self._child = _Child(self._limits)
        try:
            return _outcome(path, self._child.ask(path))
        except BaseException:
            # An answer that nobody waited for would be taken for the next file's.
            self.close()
            raise


class _Child:
    """A running child and the conversation with it."""

    def __init__(self, limits: Limits) -> None:
        self._wall_seconds = limits.wall_seconds
        self._buffer = bytearray()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "enablement.adapters.extract.child", json.dumps(asdict(limits)), spoken()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            start_new_session=True,
        )
        # Both were asked for as pipes.
        self._input = cast("IO[bytes]", self._process.stdin)
        self._output = cast("IO[bytes]", self._process.stdout)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._output, selectors.EVENT_READ)
        try:
            self._line(_START_SECONDS)
        except _ChildDiedError as death:
            self.close()
            raise RuntimeError("The process that reads files does not start.") from death

    def ask(self, path: Path) -> Mapping[str, Any]:
        """Have one file read; raises _ChildDiedError, after which this child is of no more use."""
        try:
            self._input.write(json.dumps(str(path.absolute())).encode() + b"\n")
            self._input.flush()
        except BrokenPipeError as error:
            raise _ChildDiedError(_DAMAGED) from error
        answer: Mapping[str, Any] = json.loads(self._line(self._wall_seconds))
        if "out_of_memory" in answer:
            raise _ChildDiedError(_TOO_MUCH_MEMORY)
        return answer

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._selector.close()
        self._output.close()
        try:
            self._input.close()
        except BrokenPipeError:
            # A question that did not fit into the pipe is dropped with it.
            return

    def _line(self, seconds: float) -> bytes:
        deadline = time.monotonic() + seconds
        while (end := self._buffer.find(b"\n")) < 0:
            if not self._selector.select(max(0.0, deadline - time.monotonic())):
                raise _ChildDiedError(_TOO_LONG)
            chunk = os.read(self._output.fileno(), _CHUNK_BYTES)
            if not chunk:
                raise _ChildDiedError(_cause_of_death(self._process.wait()))
            self._buffer += chunk
            if len(self._buffer) > _MOST_ANSWER_BYTES:
                raise _ChildDiedError(_TOO_MUCH_MEMORY)
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line


def _cause_of_death(code: int) -> str:
    if code == -signal.SIGXCPU:
        return _TOO_LONG
    # The kernel's way to take memory back.
    return _TOO_MUCH_MEMORY if code == -signal.SIGKILL else _DAMAGED


def _outcome(path: Path, answer: Mapping[str, Any]) -> Extracted | UnreadableFile:
    if "refused" in answer:
        return _unreadable(path, answer["refused"])
    if "failed" in answer:
        _log.warning("The reader failed on %s:\n%s", path, answer["failed"])
        return _unreadable(path, _(_DAMAGED))
    found = answer["extracted"]
    pages = tuple(ExtractedPage(**page) for page in found["pages"])
    return Extracted(**{**found, "pages": pages})


def unreadable(name: str) -> str:
    """Return why no file of this name can be read; nothing where its content decides."""
    path = Path(name.replace("\\", "/"))
    try:
        kind_named(path)
    except Refused as refused:
        return str(_unreadable(path, str(refused)))
    return ""


def _unreadable(path: Path, reason: str) -> UnreadableFile:
    return UnreadableFile(_("“{file}” {problem}", file=one_line(path.name or str(path)), problem=reason))
