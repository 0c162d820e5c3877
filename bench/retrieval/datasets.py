"""Judged collections: documents, questions, and which documents answer which question, how well."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

XQUAD_LANGUAGES = ("en", "th", "zh")
# The codes in the names of the files of sentence pairs, and the languages that they stand for.
TATOEBA = {"fra": "fr", "por": "pt-BR", "tha": "th", "cmn": "zh", "kor": "ko", "jpn": "ja"}
_CRANFIELD_BEST, _CRANFIELD_LEAST = 1, 4
_CRANFIELD_FIELD = re.compile(r"^\.([ITABW])(.*)\n", re.MULTILINE)


class BadDataset(Exception):
    """A file of benchmark data does not hold what it should; the message names the file and what is wrong."""


@dataclass(frozen=True)
class Judged:
    """A judged collection. `relevant[i]` gives, for question i, the gain (≥ 1) of each document that answers it."""

    name: str
    language: str
    documents: Sequence[str]
    questions: Sequence[str]
    relevant: Sequence[Mapping[int, int]]

    def every(self, step: int) -> "Judged":
        """Return the collection with one question in so many."""
        return replace(self, questions=self.questions[::step], relevant=self.relevant[::step])

    def asked_in(self, other: "Judged") -> "Judged":
        """Return these documents with the questions of a collection that is the same in another language."""
        if self.relevant != other.relevant or len(self.documents) != len(other.documents):
            raise BadDataset(f"{self.name} and {other.name} are not one collection in two languages.")
        return replace(self, name=f"{other.name} → {self.name}", questions=other.questions)


def xquad(folder: Path, language: str) -> Judged:
    """Read XQuAD in one language: a question's one document is the paragraph that it was written for."""
    path = folder / f"xquad.{language}.json"
    try:
        titles = json.loads(_read(path))["data"]
        paragraphs = [paragraph for title in titles for paragraph in title["paragraphs"]]
        documents = [paragraph["context"] for paragraph in paragraphs]
        asked = [
            (one["question"], number)
            for number, paragraph in enumerate(paragraphs)
            for one in paragraph["qas"]
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise BadDataset(f"{path} is not a file in SQuAD's format: {error!r}.") from error
    return Judged(
        language,
        language,
        documents,
        [question for question, _ in asked],
        [{number: 1} for _, number in asked],
    )


def cranfield(folder: Path) -> Judged:
    """Read the Cranfield collection, without the questions that nothing answers.

    Its grades run from 1, a complete answer, to 4, of least interest; other grades mean none. The gain of grade g
    is 2^(5 - g) - 1, as usual for graded judgements (Burges et al. 2005). A judgement names a question by its
    position in the file, not by its number there.
    """
    documents = [f"{record['T']}\n{record['W']}" for record in _cranfield_records(folder / "cran.all")]
    questions = [record["W"] for record in _cranfield_records(folder / "cran.qry")]
    relevant: list[dict[int, int]] = [{} for _ in questions]
    path = folder / "cranqrel"
    for line in _read(path).splitlines():
        try:
            question, document, grade = map(int, line.split())
            judged, _ = relevant[question - 1], documents[document - 1]
        except (ValueError, IndexError) as error:
            raise BadDataset(f"{path} has a line that judges nothing: {line!r}.") from error
        if _CRANFIELD_BEST <= grade <= _CRANFIELD_LEAST:
            judged[document - 1] = 2 ** (5 - grade) - 1
    answered = [number for number, judged in enumerate(relevant) if judged]
    return Judged(
        "Cranfield",
        "en",
        documents,
        [questions[number] for number in answered],
        [relevant[number] for number in answered],
    )


def tatoeba(folder: Path, code: str) -> Judged:
    """Read English sentences that are asked for by their translations, line by line."""
    questions = _read(folder / f"tat.{code}.src").splitlines()
    documents = _read(folder / f"tat.{code}.en").splitlines()
    if len(questions) != len(documents):
        raise BadDataset(f"{folder}/tat.{code}.src and .en have not as many lines.")
    # The same English sentence may stand on several lines: each of them is right.
    lines: dict[str, dict[int, int]] = {}
    for number, document in enumerate(documents):
        lines.setdefault(document, {})[number] = 1
    return Judged(TATOEBA[code], "en", documents, questions, [lines[document] for document in documents])


def _cranfield_records(path: Path) -> list[dict[str, str]]:
    parts = _CRANFIELD_FIELD.split(_read(path))[1:]
    records: list[dict[str, str]] = []
    for name, rest, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        if name == "I":
            records.append({"I": rest.strip(), "T": "", "W": ""})
        elif not records:
            raise BadDataset(f"{path} does not begin with a record (.I).")
        else:
            records[-1][name] = text
    if not records:
        raise BadDataset(f"{path} has no records (.I).")
    return records


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise BadDataset(f"There is no {path}, which this benchmark needs.") from error
