"""The words with which people change what they asked, in our languages; none of them is a question by itself."""

from collections.abc import Iterator, Mapping

# What each line of words means; several languages, one under the other, parted by commas.
_SAID: Mapping[str, str] = {
    # Leave out all that was shown.
    "others": """something else, anything else, others, other ones, another one, different ones, something different
        more options, more of these, show me more, show more, what else, next ones, more
        autre chose, un autre, une autre, d'autres, les autres, quelque chose d'autre, plus d'options
        outra coisa, outro, outra, outros, outras, mais opções, algo diferente
        อย่างอื่น, อันอื่น, เพิ่มเติม, มีอีกไหม, ขออีก, แบบอื่น
        其他, 其他的, 別的, 更多, 還有嗎, 還有別的嗎, 換一個, 換一批
        다른 것, 다른 거, 다른 걸로, 다른 자료, 더 보여줘, 더 보여주세요, 더 보기, 다른 것은""",
    # The same, where nothing else is said: in company these words mean little.
    "others if alone": "another, encore, mais, plus, อีก, 더, 또, 再來",
    # Leave out the one that is meant by pointing: the first.
    "not 1": """not that one, not that, not this one, not this, no not that one, anything but that
        pas celui-là, pas celle-là, pas celui-ci, pas celle-ci, pas ça, pas ce document
        não esse, não essa, esse não, essa não, não este, este não, isso não
        ไม่ใช่อันนี้, ไม่เอาอันนี้, ไม่ใช่อันนั้น, ไม่เอาอันนั้น
        不是這個, 不要這個, 不是那個, 不要那個, 這個不要
        이거 말고, 그거 말고, 이것 말고, 그것 말고, 저거 말고""",
    "shorter": """shorter, short, a short one, something shorter, short version, briefer, brief
        court, courte, courts, courtes, plus court, plus courte, plus courts, plus courtes, version courte
        en plus court
        curto, curta, curtos, curtas, mais curto, mais curta, mais curtos, versão curta, mais breve
        สั้นกว่า, สั้นลง, สั้น ๆ, สั้นๆ
        短一點, 短一些, 更短, 較短, 簡短
        더 짧은, 더 짧게, 짧게, 짧은""",
    "longer": """longer, long, something longer, long version, more detailed, more detail, more details, in depth
        plus long, plus longue, plus longs, version longue, plus détaillé, plus détaillée, plus de détails
        mais longo, mais longa, mais longos, versão longa, mais detalhado, mais detalhada, mais detalhes
        ยาวกว่า, ยาวขึ้น, ละเอียดกว่า, ละเอียดขึ้น
        長一點, 長一些, 更長, 較長, 更詳細, 詳細一點
        더 긴, 더 길게, 더 자세한, 더 자세히, 자세히""",
    "only": """only, just
        seulement, uniquement, rien que, que des
        só, somente, apenas
        เฉพาะ, เท่านั้น
        只要, 只看, 僅, 只
        만""",
    "instead": """instead, rather
        plutôt, à la place
        em vez disso, no lugar
        แทน, เปลี่ยนเป็น
        改成, 改為, 換成, 改用
        대신, 대신에""",
    "for": """for, for the, for a, for an, for our, for their
        pour, pour le, pour la, pour les, pour l', pour un, pour une
        para, para o, para a, para os, para as, para um, para uma, pra, pro
        สำหรับ, ให้
        給, 為, 針對, 對
        용, 용으로, 위한, 위해, 을 위한, 를 위한, 을 위해, 를 위해, 에게, 한테""",
    # What makes a language the one that something is to be in: before its name, or after it.
    "in": """in, en, em, auf, ภาษา, เป็นภาษา, ฉบับภาษา, เวอร์ชันภาษา, แบบภาษา, 用, 以""",
    "version": "version, versions, 版, 版本, 버전, 로, 으로",
    # What it is about follows.
    "about": """about, on, regarding, covering
        sur, à propos de, au sujet de, concernant
        sobre, acerca de, a respeito de
        เกี่ยวกับ, 關於, 有關, 에 대한, 에 관한""",
    # Words that carry nothing.
    "": """please, thanks, thank you, can, could, you, i, we, want, need, would, like, show, give, me, us, find
        get, have, got
        the, a, an, it, this, that, one, ones, document, documents, content, something, and
        but, also
        then, now, ok, okay, hey, make, send, let s, see, try, same, again, what about, how about, with, language
        do, is, there
        any, as, be, to, of, instead of that, hi, no
        s'il vous plaît, s'il te plaît, svp, stp, merci, le, la, les, un, une, des, de, du, d, l, et, alors
        langue, montre
        montrez, moi, donne, donnez, je, veux, voudrais, peux, peut, tu, pouvez, vous, même, aussi, quelque chose
        contenu, contenus
        qu'est-ce que, c'est, il, y, avez, as, ont, non
        por favor, obrigado, obrigada, o, os, as, um, uma, do, da, no, na, e, então, versão, língua, idioma
        mostre, mostra
        dê, quero, queria, pode, você, algo, coisa, também, mesmo, mesma, conteúdo, conteúdos, material, materiais
        tem, não
        ขอ, ช่วย, หน่อย, ครับ, ค่ะ, คะ, เป็น, ใน, ฉบับ, เวอร์ชัน, แบบ, ที่, เอา, และ, แต่, ด้วย, ได้ไหม, มี
        ไหม, อัน, เนื้อหา, นะ
        請, 的, 給我, 我要, 我想要, 想要, 吧, 嗎, 有, 也, 和, 與, 可以, 麻煩, 謝謝, 語言, 文件
        內容, 素材, 呢, 寫的, 看的
        좀, 주세요, 해, 해줘, 해주세요, 보여, 보여줘, 보여주세요, 그리고, 것, 거, 걸, 걸로, 것으로
        거로, 자료
        을, 를, 은, 는, 이, 가, 요, 부탁, 부탁해요, 부탁합니다, 부탁드립니다, 언어, 된, 로 된, 으로 된, 줘, 용""",
}
# Words that deny: what is said beside them may be what is not wanted.
_DENIALS = """not, no, without, except, nor, pas, sans, sauf, ni, não, sem, exceto, nem, ไม่, ยกเว้น, 不, 非, 除了, 除外
    말고, 제외, 아닌, 않"""
_FIFTHS: Mapping[str, str] = {
    "1": "first, 1st, top, premier, première, 1er, primeiro, primeira, แรก, 一, 1, 첫 번째, 첫번째",
    "2": "second, 2nd, deuxième, second, seconde, segundo, segunda, สอง, 二, 2, 두 번째, 두번째",
    "3": "third, 3rd, troisième, terceiro, terceira, สาม, 三, 3, 세 번째, 세번째",
    "4": "fourth, 4th, quatrième, quarto, quarta, สี่, 四, 4, 네 번째, 네번째",
    "5": "fifth, 5th, cinquième, quinto, quinta, ห้า, 五, 5, 다섯 번째, 다섯번째",
    "last": "last, dernier, dernière, último, última, สุดท้าย, 最後一, 마지막",
}
_NOT_THE = (
    *(
        "not the {}",
        "not the {} one",
        "without the {}",
        "without the {} one",
        "skip the {} one",
        "not number {}",
    ),
    *("pas le {}", "pas la {}", "sans le {}", "sans la {}", "pas le numéro {}"),
    *("não o {}", "não a {}", "o {} não", "a {} não", "sem o {}", "sem a {}", "não o número {}"),
    *("ไม่เอาอัน{}", "ไม่ใช่อัน{}", "ไม่เอาอันที่{}", "ไม่ใช่อันที่{}", "ไม่เอาอันที่ {}", "ไม่ใช่อันที่ {}"),
    *("不要第{}個", "不是第{}個", "第{}個不要", "不要{}個", "不要第 {} 個"),
    *("{} 말고", "{} 것 말고", "{} 거 말고", "{} 자료 말고", "{}번 말고", "{} 번 말고"),
)


def said() -> Iterator[tuple[str, str]]:
    """Yield what people say, with what it means: the name of a line above
    or "not" with the rank that is left out."""
    for meaning, texts in _SAID.items():
        yield from ((one, meaning) for one in _each(texts))
    for rank, texts in _FIFTHS.items():
        yield from ((frame.format(one), f"not {rank}") for one in _each(texts) for frame in _NOT_THE)


def denials() -> frozenset[str]:
    """Return the words that deny."""
    return frozenset(_each(_DENIALS))


def _each(texts: str) -> Iterator[str]:
    return (one.strip() for line in texts.splitlines() for one in line.split(",") if one.strip())
