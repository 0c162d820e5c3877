"""Read from a question who is to have the answer: the customer (“proof to send”) or the rep (“how do we answer …”).

By tables of words in all our languages; where both are meant, or neither, nobody is preferred.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from enablement.analyser import words
from enablement.facet_words import FORMATS, listed, plainly
from enablement.model import Audience

# Kinds of documents by whom they are made for. The others are made for both.
_FORMATS: dict[Audience, frozenset[str]] = {
    "customer": frozenset(
        {"case study", "one-pager", "datasheet", "deck", "whitepaper", "video", "calculator"}
    ),
    "internal": frozenset({"battlecard", "email template"}),
}
_SAID: dict[Audience, str] = {
    "customer": """proof, proofs, proof point, proof points, testimonial, testimonials, brochure, brochures
        leave behind, to send, send, sending, to share, to forward, to show, customer facing, handout
        for the customer, for the client, for the buyer, for a customer, for customers, for buyers, for clients
        preuve, preuves, plaquette, à envoyer, envoyer, à transmettre, transmettre, à partager, à montrer
        pour le client, pour les clients, pour l'acheteur
        prova, provas, comprovação, depoimento, depoimentos, folheto, para enviar, enviar, para mandar, mandar
        para compartilhar, para mostrar, para o cliente, para os clientes, para o comprador
        หลักฐาน, พิสูจน์, โบรชัวร์, ส่งให้, ส่งลูกค้า, ให้ลูกค้า, สำหรับลูกค้า
        證明, 實證, 佐證, 型錄, 寄給, 發給, 傳給, 給客戶, 給買家
        증거, 증빙, 입증, 브로슈어, 보낼, 보내줄, 보내 줄, 고객에게, 고객용""",
    "internal": """objection, objections, objection handling, pushback, rebuttal, talk track, talking points, internal
        against competitors, competitors
        objection, objections, concurrents, interne
        objeção, objeções, concorrentes, interno
        ข้อโต้แย้ง, โต้แย้ง, ตอบอย่างไร, ตอบยังไง, ตอบว่าอะไร, คู่แข่ง
        異議, 反對意見, 怎麼回答, 如何回答, 怎麼回應, 如何回應, 怎麼回, 競爭對手, 競品, 內部
        반론, 반박, 이의, 거절 대응, 어떻게 답, 뭐라고 답, 경쟁사, 내부용""",
}

# How reps ask what to say themselves: what to answer to is looked for, not the word “answer”.
_ANSWERING = """how do we answer, how do i answer, how to answer, what do we answer, what do i answer
    how should we answer
    what do we say, what do i say, what to say, how do we respond, how do i respond, how to respond, how do we beat
    how to beat, how do we win against, how to win against, how do we counter, how to counter
    que répondre, comment répondre, quoi répondre, que dire, comment battre
    como responder, o que responder, o que dizer, como vencer"""


def asked_audience(question: str, *, for_persona: bool = False) -> Audience | None:
    """Return who is to have what is asked for, None where that is not said.

    What is asked for somebody at the customer's (`for_persona`) is for them, unless only colleagues can have it.
    """
    said = plainly(question)
    named = {one for one in _FORMATS if _saying(one, "formats").search(said)}
    wanted = named or {one for one in _SAID if _saying(one, "words").search(said)}
    if not named and without_answering(words(question)) != tuple(words(question)):
        wanted.add("internal")
    if wanted:
        return wanted.pop() if len(wanted) == 1 else None
    return "customer" if for_persona else None


def without_answering(asked: Sequence[str]) -> tuple[str, ...]:
    """Return the asked (folded) words without those that ask what to answer; all where nothing else is asked."""
    left = list(asked)
    for phrase in _answering():
        size = len(phrase)
        at = next((at for at in range(len(left) - size + 1) if tuple(left[at : at + size]) == phrase), None)
        if at is not None:
            del left[at : at + size]
    return tuple(left) or tuple(asked)


@cache
def _answering() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(words(said)) for said, _name in listed({"": _ANSWERING}) if said)


@cache
def _saying(audience: Audience, which: str) -> re.Pattern[str]:
    """Return what finds that a plainly written question names an audience: by a kind of document, or by other words."""
    if which == "formats":
        return _any_of(said for said, name in listed(FORMATS) if name in _FORMATS[audience])
    return _any_of(said for said, _name in listed({"": _SAID[audience]}))


def _any_of(texts: Iterable[str]) -> re.Pattern[str]:
    plain = sorted({plainly(one) for one in texts if one}, key=lambda one: (-len(one), one))
    return re.compile("|".join(map(_bounded, plain)))


def _bounded(text: str) -> str:
    """Return a phrase that stands by itself; in a script without spaces, or with endings, it may stand anywhere."""
    escaped = re.escape(text)
    return rf"(?<!\w){escaped}(?!\w)" if text[0] < "\u0e00" else escaped
