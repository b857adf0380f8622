"""Words around a count: units such as "K" or "Mio.", names of what is counted, and words that change nothing.

All words here are without accents and capitals, as `plain_words` gives them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

#: Languages whose units are read, by their names in CLDR, the Unicode Consortium's data about languages.
_LANGUAGES = ("en", "fr", "de", "es", "es_MX", "it", "pt", "pt_PT", "nl", "pl")
_MOST_ZEROS = 11
_LETTERS = re.compile(r"[^\W\d_]+")


def split_words(words: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(words.split())


#: Units that people write and CLDR does not have: the older "Mds", "Tsd.", "bn", and words of India.
_MORE_UNITS: Mapping[str, int] = {
    "tsd": 10**3, "milliers": 10**3, "thousands": 10**3, "mn": 10**6, "mill": 10**6, "m": 10**6,
    "mds": 10**9, "bn": 10**9, "b": 10**9, "md": 10**9, "lakh": 10**5, "lakhs": 10**5, "lac": 10**5,
    "crore": 10**7, "crores": 10**7, "cr": 10**7,
}  # fmt: skip
#: Units of Chinese, Japanese and Korean, which may follow one another: 1億2000万.
CJK_UNITS: Mapping[str, int] = {
    "百": 10**2, "千": 10**3, "천": 10**3, "万": 10**4, "萬": 10**4, "만": 10**4, "億": 10**8, "亿": 10**8, "억": 10**8,
}  # fmt: skip

#: Words that name the field.
NAMES: Mapping[str, frozenset[str]] = {
    "likes": split_words(
        """like likes liked aime aiment gefallt gefallts gusta gustan piace piaciuto curtida curtidas curtido curtiram
        gosto gostos gostaram leuk leuks heart hearts coeur coeurs herz herzen corazon corazones cuore cuori coracao
        coracoes hart harten hartje hartjes digg diggs reaction reactions reaktion reaktionen reaccion reacciones
        reazione reazioni reacao reacoes 赞 讚 点赞 點讚 次赞 个赞 次讚 個讚 次点赞 いいね 좋아요"""
    ),
    "comments": split_words(
        """comment comments commentaire commentaires kommentar kommentare kommentaren comentario comentarios commento
        commenti reactie reacties opmerking opmerkingen reply replies respuesta respuestas antwort antworten reponse
        reponses risposta risposte resposta respostas 评论 条评论 評論 留言 則留言 コメント 댓글"""
    ),
    "followers": split_words(
        """follower followers fan fans abonne abonnes abonnent abonnenten seguidor seguidores seguidora seguidoras
        seguace seguaci volger volgers subscriber subscribers 粉丝 粉絲 フォロワー 팔로워"""
    ),
}
#: Signs that stand for the field.
SIGNS: Mapping[str, frozenset[str]] = {
    "likes": frozenset("♡♥❤❥💓💕💖💗💘💙💚💛💜💞🖤🤍🤎🧡🩷🩵🩶😍👍"),
    "comments": frozenset("💬🗨💭🗯"),
    "followers": frozenset("👥👤"),
}
SIGN_NAMES = {sign: field for field, signs in SIGNS.items() for sign in signs}
#: Words that belong to the names of a field: "J’aime", "Mi piace", "View all 12 comments".
_BESIDE: Mapping[str, frozenset[str]] = {
    "likes": split_words("j mention mentions mir mal angabe angaben me mi le les vind vinden ik by par this that ca"),
    "comments": split_words(
        """view see show all voir afficher tous toutes les alle ansehen anzeigen ver mostrar todos los os visualizza
        vedi mostra tutti i bekijk bekijken weergeven add"""
    ),
    "followers": frozenset(),
}
#: Words beside any count that leave its meaning, and those that say that it is rounded or a lower bound.
_FILLERS = split_words(
    """people person persons personne personnes personen persona personas persone pessoa pessoas mensen total in en im
    insgesamt au de d des di do da a al el la il times fois veces volte vezes keer x so far about approx approximately
    around circa ca env environ etwa ungefahr rund unos aproximadamente aprox cerca ongeveer almost nearly presque fast
    casi quasi quase bijna over more than plus que mehr als mas mais piu meer dan min count number
    件 個 个 次 人 개 명"""
)
#: Words for none; one of them and a field's name make 0: "No likes yet".
_NONE = split_words(
    "no none zero kein keine aucun aucune pas sin ningun ninguno nessun nessuno sem nenhum nenhuma geen"
)
_YET = split_words("yet de encore noch bisher")


@cache
def units() -> Mapping[str, int]:
    """Return the factor of each unit, from CLDR's compact forms of numbers, without those that languages share."""
    from babel import Locale

    found: dict[str, set[int]] = {}
    for name in _LANGUAGES:
        for forms in Locale.parse(name).compact_decimal_formats.values():
            for patterns in forms.values():
                for number, pattern in patterns.items():
                    text = pattern.pattern.replace("'", "")
                    words = plain_words(text.replace("0", ""))
                    if "0" in text and len(words) == 1 and int(number) <= 10**_MOST_ZEROS:
                        found.setdefault(words[0], set()).add(int(number) // 10 ** (text.count("0") - 1))
    # "mM" of Portugal is 10⁹, and "MM" of bankers 10⁶
    certain = {word: factors.pop() for word, factors in found.items() if len(factors) == 1 and word != "mm"}
    return {**certain, **_MORE_UNITS}


def plain_words(text: str) -> list[str]:
    """Return the words of a text without accents and capitals: `["j", "aime"]` for "J’aime"."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    kept = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return _LETTERS.findall(unicodedata.normalize("NFC", kept))


def allowed_words(field: str) -> frozenset[str]:
    """Return the words that may stand around a count of `field`."""
    return NAMES[field] | _BESIDE[field] | _FILLERS


def says_none(words: list[str], field: str) -> bool:
    """Return whether words without a number say that there is none: "No likes yet", "Keine Kommentare"."""
    said = set(words)
    known = NAMES[field] | _BESIDE[field] | _NONE | _YET
    return bool(said & _NONE) and bool(said & NAMES[field]) and said <= known
