"""YAML that people write: read with care, and refused with the line that is wrong."""

from pathlib import Path

import yaml

from enablement.adapters.extract.clean import clean
from enablement.adapters.extract.front_matter import Loader
from enablement.metadata import BadMetadata

MOST_BYTES = 1_000_000


def read_yaml(path: Path) -> dict[str, object]:
    """Return the keys and values of a file; raises BadMetadata, as the rest of a sentence on the file."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadMetadata(f"is larger than {MOST_BYTES // 1_000_000} MB")
        said = yaml.load(path.read_text(encoding="utf-8-sig"), Loader)  # noqa: S506 - a safe loader, made stricter
    except OSError as error:
        raise BadMetadata(f"can't be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise BadMetadata("is not UTF-8 text: save it as UTF-8") from error
    except yaml.MarkedYAMLError as error:
        line = f" on line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise BadMetadata(f"is not YAML{line} ({error.problem})") from error
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        raise BadMetadata("is not YAML") from error
    if not isinstance(said, dict):
        raise BadMetadata("should hold “key: value” lines")
    return {clean(str(name)): _cleaned(value) for name, value in said.items()}


def _cleaned(value: object) -> object:
    """Return a value without what no database takes: YAML can write any character as a number."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    if isinstance(value, dict):
        return {clean(str(name)): _cleaned(one) for name, one in value.items()}
    return value
