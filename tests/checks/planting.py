"""Plant one defect in a project."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from checks.project import Finding


@dataclass(frozen=True)
class Defect:
    """A text that stands once in a file, what stands there instead, and a part of what must be found."""

    where: str
    old: str
    new: str
    said: str

    def __str__(self) -> str:
        return self.said[:60]

    def plant(self, root: Path) -> None:
        """Change the file; an empty old text adds a file, or deletes it where the new text is empty too."""
        path = root / self.where
        if self.old:
            source = path.read_text("utf-8")
            assert self.old in source, f"{self.old!r} is not in {self.where}"
            path.write_text(source.replace(self.old, self.new, 1), "utf-8")
        elif self.new:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.new, "utf-8")
        else:
            path.unlink()


def said(findings: Iterable[Finding]) -> str:
    """Return all findings as one text."""
    return "\n".join(str(one) for one in findings)
