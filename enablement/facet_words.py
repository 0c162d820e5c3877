"""What people call languages, personas and formats in our languages: one name for what is the same."""

from collections.abc import Iterator, Mapping
from functools import cache

from babel import Locale

from enablement.analyser import fold, simplified
from enablement.facets import facet
from enablement.model import LANGUAGES

# Languages that somebody may ask for beside our own; whether the library has them is another question.
_OTHERS = (
    "de",
    "es",
    "it",
    "nl",
    "ja",
    "pl",
    "sv",
    "da",
    "fi",
    "cs",
    "tr",
    "ar",
    "he",
    "hi",
    "id",
    "vi",
    "ru",
    "uk",
)
# What the catalogues of language names leave out.
_ALSO_CALLED = {
    "en": "英語 英语",
    "fr": "法語 法语",
    "pt": "brazilian brasileiro brésilien 葡語 葡萄牙語 葡语 브라질어",
    "th": "泰語 泰语",
    "zh": "mandarin 華語 國語 漢語 汉语 繁中",
    "ko": "韓語 韩语 한글 한국말",
}
_TAGS = {
    "pt": ("pt-BR", "pt", "pt-PT"),
    "zh": ("zh-TW", "zh", "zh-CN", "zh-HK", "zh-Hant", "zh-Hans"),
    "en": ("en", "en-US", "en-GB"),
    "fr": ("fr", "fr-FR", "fr-CA"),
}

# Job titles of buyers, as they ask for them and as assets name whom they are made for. Several of one line are one.
PERSONAS: Mapping[str, str] = {
    "finance": """cfo, chief financial officer, finance, finance team, finance director, head of finance, controller
        daf, directeur financier, directrice financière, direction financière, finances
        diretor financeiro, diretora financeira, diretoria financeira, financeiro
        ซีเอฟโอ, ประธานเจ้าหน้าที่ฝ่ายการเงิน, ผู้อำนวยการฝ่ายการเงิน, ฝ่ายการเงิน
        財務長, 財務總監, 財務主管, 財務部
        재무이사, 최고재무책임자, 재무 책임자, 재무팀장, 재무팀""",
    "operations": """coo, chief operating officer, operations, operations director, head of operations
        directeur des opérations, directrice des opérations, direction des opérations
        diretor de operações, diretora de operações, diretoria de operações
        ซีโอโอ, ผู้อำนวยการฝ่ายปฏิบัติการ, ฝ่ายปฏิบัติการ
        營運總監, 營運長, 營運主管
        운영본부장, 최고운영책임자, 운영팀""",
    "it": """cio, cto, chief information officer, it director, head of it, it manager, it team
        dsi, directeur informatique, direction informatique
        gerente de ti, diretor de ti, diretora de ti, equipe de ti
        ผู้อำนวยการฝ่ายไอที, ฝ่ายไอที
        資訊長, 資訊主管, 資訊部
        정보화실장, 최고정보책임자, it팀""",
    "procurement": """cpo, chief procurement officer, procurement, purchasing, head of procurement
        procurement manager, buyer
        responsable achats, directeur des achats, achats, acheteur
        gerente de compras, compras, comprador
        ผู้จัดการฝ่ายจัดซื้อ, ฝ่ายจัดซื้อ
        採購主管, 採購, 採購部
        구매팀장, 구매팀, 구매 담당자""",
    "supply chain": """head of supply chain, supply chain, supply chain manager
        responsable supply chain, directeur logistique
        gerente de supply chain, gerente de logística
        หัวหน้าฝ่ายซัพพลายเชน, ฝ่ายซัพพลายเชน
        供應鏈主管, 供應鏈
        scm팀장, scm 팀장""",
    "warehouse": """warehouse manager, warehouse managers
        responsable d'entrepôt, chef d'entrepôt
        gerente de armazém, gerente do armazém
        ผู้จัดการคลังสินค้า
        倉儲經理, 倉庫經理
        물류센터장, 창고 관리자""",
    "legal": """legal, legal team, general counsel, lawyers
        juridique, direction juridique, service juridique
        jurídico, departamento jurídico
        ฝ่ายกฎหมาย
        法務, 法務部
        법무, 법무팀""",
    "security": """ciso, information security, security team, security officer
        rssi, sécurité informatique
        segurança da informação
        ฝ่ายความปลอดภัยสารสนเทศ
        資安長, 資安, 資訊安全
        정보보안, 보안팀""",
    "executive": """ceo, chief executive officer, board, executives, c level
        pdg, directeur général, directrice générale, direction générale
        diretor executivo, diretora executiva, diretoria
        ซีอีโอ, ประธานเจ้าหน้าที่บริหาร, ผู้บริหาร
        執行長, 總經理, 董事會
        대표이사, 최고경영자, 경영진""",
    "field service": """head of field service, field service
        responsable du service terrain
        gerente de serviço de campo
        현장서비스팀장""",
}

# Kinds of documents, under the name that a library of ours gives them.
FORMATS: Mapping[str, str] = {
    "case study": """case study, case studies, customer story, customer stories, success story, success stories
        reference, references
        étude de cas, études de cas, cas client, cas clients, témoignage, témoignages
        estudo de caso, estudos de caso, caso de sucesso, casos de sucesso, cases
        กรณีศึกษา, 案例, 案例研究, 客戶案例, 成功案例, 사례, 고객 사례, 성공 사례, 사례 연구""",
    "battlecard": """battlecard, battlecards, battle card, battle cards, competitive card
        fiche concurrent, fiches concurrents, argumentaire, argumentaires
        ficha de concorrente, fichas de concorrentes
        แบตเทิลการ์ด, 競品卡, 競爭對手卡, 競品比較, 배틀카드, 경쟁사 카드""",
    "one-pager": """one-pager, one-pagers, one pager, onepager, single page
        fiche d'une page, une page, one page
        uma página, resumo de uma página
        หน้าเดียว, เอกสารหน้าเดียว, 單頁, 一頁, 單頁簡介, 한 장, 한 페이지, 원페이저""",
    "datasheet": """datasheet, datasheets, data sheet, data sheets, spec sheet
        fiche technique, fiches techniques, fiche produit
        ficha técnica, fichas técnicas
        เอกสารข้อมูลผลิตภัณฑ์, 產品資料表, 規格表, 데이터시트, 제품 사양서""",
    "deck": """deck, decks, presentation, presentations, slides, slide deck
        présentation, présentations, diapos
        apresentação, apresentações
        สไลด์, งานนำเสนอ, 簡報, 投影片, 슬라이드, 발표 자료, 프레젠테이션""",
    "guide": """guide, guides, guia, guias, คู่มือ, 指南, 手冊, 가이드, 안내서""",
    "faq": """faq, faqs, questions and answers, foire aux questions, perguntas frequentes
        คำถามที่พบบ่อย, 常見問題, 자주 묻는 질문""",
    "email template": """email template, email templates, e-mail template, e-mail templates, email, emails, e-mail
        e-mails
        modèle d'e-mail, modèles d'e-mail, modelo de e-mail, modelos de e-mail
        เทมเพลตอีเมล, อีเมล, 電子郵件範本, 郵件範本, 이메일 템플릿, 이메일""",
    "whitepaper": """whitepaper, whitepapers, white paper, white papers, livre blanc, livres blancs
        เอกสารไวท์เปเปอร์, 白皮書, 백서""",
    "video": """video, videos, vidéo, vidéos, vídeo, vídeos, วิดีโอ, 影片, 視頻, 동영상, 영상""",
    "calculator": """calculator, calculators, roi calculator, calculateur, calculatrice, calculadora
        เครื่องคำนวณ, 計算器, 試算表, 계산기""",
}


# Of the personas, what content is about as often as whom it is for.
_SUBJECTS = """finance, operations, it, procurement, purchasing, supply chain, legal, security, information security
    field service, warehouse, finances, achats, juridique, sécurité informatique, financeiro, compras, jurídico
    segurança da informação, 採購, 供應鏈, 法務, 資安, 資訊安全, 법무, 정보보안"""


def plainly(text: str) -> str:
    """Return one writing for a text: folded, with simplified characters and without hyphens."""
    return simplified(facet(fold(text)))


def listed(table: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each name of a table with the one that it stands for."""
    for name, texts in table.items():
        yield name, name
        for line in texts.splitlines():
            yield from ((one.strip(), name) for one in line.split(",") if one.strip())


@cache
def language_names() -> Mapping[str, str]:
    """Return by what languages are called, in any of our languages, the two letters of their tag."""
    names: dict[str, str] = {}
    codes = tuple(dict.fromkeys((*(one[:2] for one in LANGUAGES), *_OTHERS)))
    for tag in LANGUAGES:
        known = Locale.parse(tag.replace("-", "_")).languages
        names |= {known[code]: code for code in codes if code in known}
    return names | {one: code for code, others in _ALSO_CALLED.items() for one in others.split()}


def tags_of(language: str) -> tuple[str, ...]:
    """Return the tags that assets in a language (two letters) bear."""
    return _TAGS.get(language, (language,))


@cache
def _known(of: str) -> Mapping[str, str]:
    return {plainly(said): name for said, name in listed(PERSONAS if of == "persona" else FORMATS)}


def persona_named(text: str) -> str:
    """Return under which name we know a persona; empty for one that we don't."""
    return _known("persona").get(plainly(text), "")


def format_named(text: str) -> str:
    """Return under which name we know a kind of document; empty for one that we don't."""
    return _known("format").get(plainly(text), "")


@cache
def subjects() -> frozenset[str]:
    """Return what is a persona and as often what content is about, plainly written."""
    return frozenset(plainly(said) for said, _ in listed({"": _SUBJECTS}) if said)


@cache
def called_persona(name: str) -> tuple[str, ...]:
    """Return what assets call a persona of this name."""
    return tuple(dict.fromkeys(said for said, one in listed(PERSONAS) if one == name))
