"""Words that carry nothing in a question for content: those of grammar, and in a message those of talk."""

from functools import cache

from enablement.analyser import fold, is_stop_word, simplified

# What holds sentences together, and what asks for something, whatever that is.
_GRAMMAR = """
    a an and are as at be by can do does for from have how i if in is it me my of on or our that the their them
    there these this to us was we what when where which who why will with you your
    about above after again all also although am among another any anybody anyone anything around because been
    before
    being below between both but cannot could did doing done down during each either else enough etc even ever every
    everything few further get gets getting give gives got had has having he her here hers him his however into its
    itself just let lets like many may maybe might mine more most much must need needs neither no none nor not
    nothing
    now off ok okay once one ones only onto other others ought out over own per please quite rather really
    same shall
    she should since so some somebody someone something such than then they thing things those though through thus
    till together too toward towards under unless until up upon very via want wants were whatever whenever whether
    while whose within without would yes yet yours send sending sent ll re ve don didn doesn isn aren wasn won
    au aux avec ce ces comment dans de des du elle en est et il je la le les leur mais ne nous ou par pas pour
    quel quelle que qui sa se ses son sur un une vos votre vous
    afin aie aient ainsi alors apres as aucun aucune aura aurait aussi autre autres avaient avais avait avant avez
    avoir avons beaucoup bien ceci cela celle celles celui cet cette ceux chaque chez combien comme d depuis donc
    dont elles encore entre etait etaient etais etant etc ete etes etions etre eu eux faire fait faut ici ils
    j jamais
    jusqu l lequel laquelle leurs lors lorsque lui m ma me meme memes moi moins mon n ni non nos notre on ont oui
    parce pendant peu peut peux plus plusieurs pourquoi pouvez pouvoir pouvons pourriez puis puisque qu quand
    quelles
    quels quelque quelques quoi rien sans sera serait seront si sommes sont sous suis sur ta te telle tels tes toi
     toujours tous tout toute toutes tres trop tu vers voici voila voudrais voudrions veux voulez y envoyer
    ao aos com como da das do dos ela ele em essa esse esta este eu foi mais mas na nas no nos os para pela pelo
    por qual sem seu sua um uma voce
    a ainda algo alguem algum alguma algumas alguns ambos antes apenas apos aquela aquele aqueles aquilo assim ate
    cada cujo de dela dele deles depois desde dessa desse desta deste disso disto e elas eles entao entre era eram
    essas esses estao estar estas estava estes estou fazer for foram ha isso isto ja la lhe lhes lo ma me
    mesma mesmo
    meu meus mim minha minhas muita muito muitos nada nao nem nenhum nenhuma nessa nesse nesta neste ninguem nossa
    nossas nosso nossos num numa o onde ou outra outras outro outros pelas pelos per pode podem poder podemos pois
    porem porque posso pouco quais qualquer quando quanto quantos quase que quem quer queria quero se seja sejam ser
    sera seria seus so sob sobre sou suas tambem tanto tao te tem temos tenho ter teu teve tinha toda todas todo
    todos tu tudo ultimo umas uns vai vamos vao voces vos gostaria gostariamos preciso precisamos enviar mandar
    저 저희 우리 저는 우리는 저희는 나는 제가 저희가 그 이 이것 그것 것 수 및 또는 그리고 그런데 그래서 하지만
    또 더 좀 잘 위해 대해 관해 대한
    관한 있는 없는 있습니다 없습니다 합니다 입니다 있나요 있을까요 무엇 어떤 어떻게 왜 언제 어디 누구 주세요
    보내주세요 자료
"""
# What people say around what they mean. In a short question it may be what is meant: “call”, “team”, “time”.
_TALK = """
    hi hello hey dear thanks thank thx cheers regards best kind kindly sincerely sorry hope hoping hopefully
    glad happy
    great good nice fine sure well welcome today tomorrow yesterday morning afternoon evening week weeks month
    monday
    tuesday wednesday thursday friday saturday sunday soon later last next time times day days long short ago
    already
    still always never often sometimes usually first second back away ahead call called calls meeting met meet talk
    talked talking talks chat spoke speak speaking discuss discussed discussion mention mentioned say says
    said saying
    tell told telling ask asked asking asks answer answered question questions reply email mail message note
    know knows
    known think thinks thought thinking feel feels felt believe guess see sees saw seen seeing look looks
    looking looked
    show shows showing shown share shared sharing find found hear heard read understand understood wonder wondering
    worry worried worries concern concerns concerned interested interest curious people guys team teams colleague
    colleagues folks everyone everybody person somebody man boss bit little big main kind sort way ways
    point points thing stuff fact case issue issues problem problems idea ideas right wrong true able possible
    available make makes making made take takes taking took taken go goes going went gone come comes coming came put
    keep keeps use using try trying tried help helps start started starting stop work works working worked seem
    seems happen happens learn learned appreciate forward attach attached below anyway actually basically currently
    maybe perhaps probably certainly definitely exactly especially new old different similar full whole half
    bonjour bonsoir salut cher chere merci cordialement bien cordialement bonne journee semaine hier demain
    aujourd hui matin soir lundi mardi mercredi jeudi vendredi mois jour jours temps fois appel reunion echange
    discute discuter parle parler dire dit dites demande demander question questions reponse repondre savoir sais
    savez penser pense pensons crois comprendre compris voir vu recu recevoir regarder montrer partager trouver
    inquiet inquiets inquiete preoccupation souci soucis equipe equipes collegues gens monde personnes chose choses
    petit petite grand grande gros nouveau nouvelle principal principale possible exemple besoin aider aide prendre
    prend mettre met aller venir vient ensuite deja bientot souvent peut-etre vraiment
    ola oi bom boa dia tarde noite prezado prezada caro cara obrigado obrigada atenciosamente abraco abracos ontem
    hoje amanha semana mes dias tempo vez vezes segunda terca quarta quinta sexta feira ligacao reuniao conversa
    conversamos conversar falar falamos dizer disse perguntar pergunta perguntas resposta responder saber sei sabe
    pensar penso acho entender entendi ver vi vimos recebi receber olhar mostrar compartilhar encontrar preocupado
    preocupados preocupacao equipe time colegas pessoas gente coisa coisas grande pequeno novo nova principal
    possivel exemplo ajuda ajudar fazer leva levar logo sempre talvez realmente
    안녕하세요 감사합니다 고맙습니다 부탁드립니다 오늘 어제 내일 이번 다음 지난 주 통화 회의 미팅 말씀 질문
    답변 문의 궁금합니다 생각
    생각합니다 걱정 걱정됩니다 걱정이 팀 사람들 직원들이 문제 혹시 아마 정말 매우 조금 많이 다시 함께 관련
    드립니다 드려요 해주세요 주시면
    주실 보여줄 공유 공유해 시간 얼마나
"""
# The same within runs of scripts that put no spaces between words: longest first, they part what is left.
_RUNS = """
    การ ความ สวัสดี ขอบคุณ ครับ ค่ะ คะ นะ เรา พวกเรา ผม ดิฉัน คุณ ท่าน ทาง อยากรู้ว่า อยากทราบว่า อยากได้ อยาก ต้องการ
    ขอ ช่วย หน่อย
    ว่า และ หรือ แต่ เพราะ เพื่อ กับ ของ ที่ ซึ่ง เป็น อยู่ คือ ได้ไหม ได้มั้ย ได้ ไหม มั้ย หรือไม่ หรือเปล่า
    จะ ก็ แล้ว ยัง กว่า
    มี ไม่มี ไม่ ให้ ไป มา ใน จาก ถึง เกี่ยวกับ สำหรับ อะไร อย่างไร ยังไง เท่าไหร่ เท่าไร แค่ไหน นานแค่ไหน นาน
    เมื่อไหร่ เมื่อวาน วันนี้
    พรุ่งนี้ ใช้เวลา ตอนนี้ ทีม ทีมของเรา คน ส่ง ส่งให้ ดู กังวล กังวลเรื่อง เรื่อง บ้าง ด้วย มาก กัน นี้ นั้น
    อีก ต้อง ควร คุย ประชุม โทร
    您好 你好 謝謝 感謝 請問 請 麻煩 我們 我们 你們 您們 他們 我 你 您 他 的 了 在 是 有 和 與 跟 及 或 但
    但是 因為 所以 如果 嗎 呢 吧
    想 想要 想知道 想了解 希望 可以 能 能夠 能否 是否 需要 要 會 不 沒有 沒 也 都 就 還 還有 很 非常 比較 這
    這個 那 那個 這些 什麼 怎麼
    怎樣 如何 多久 多少 多長 時間 為什麼 哪些 哪 給 把 被 對 對於 關於 從 到 上 下 昨天 今天 明天 電話 會議
    團隊 同事 大家 人員 擔心 問題
    一些 一下 一個 提供 寄 發 傳 分享 看 知道 覺得
"""


def says_little(word: str) -> bool:
    """Say whether a folded word carries nothing in a question."""
    return word in _folded(_GRAMMAR) or is_stop_word(word)


def is_talk(word: str) -> bool:
    """Say whether a folded word carries nothing in a message."""
    return says_little(word) or word in _folded(_TALK)


@cache
def in_runs() -> tuple[str, ...]:
    """Return what carries nothing within a run without spaces, in simplified characters, the longest first."""
    return tuple(sorted({simplified(one) for one in _RUNS.split()}, key=lambda one: (-len(one), one)))


@cache
def _folded(table: str) -> frozenset[str]:
    return frozenset(fold(table).split())
