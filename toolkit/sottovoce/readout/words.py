"""The small words of answers: what links a number to an emotion, what denies one."""

from __future__ import annotations

import re

_LINKING = """
a about an approximately approx around as at be being by cent confidence each estimated for is its
level likelihood of per percent percentage probability rating roughly score share the to value
weight with
"""

#: Words that may stand between an emotion and its number without parting them.
LINKING_WORDS: frozenset[str] = frozenset(_LINKING.split())

#: A letter of a script that parts words by spaces: any but kana, kanji and hangul.
SPACED_LETTER = r"[^\W\d_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"

#: Phrases that hold an emotion's word and mean none: "I'm afraid I cannot", "happy to help".
COURTESY = re.compile(
    r"\b(?:i|we)(?:'m|'d be| am| are| would be) (?:very )?(?:afraid|sad|happy|glad|delighted)"
    r"(?= (?:to|that|i|we|this|the|it)\b)"
    r"|\b(?:happy|glad|delighted) to (?:help|assist)\b"
    r"|恐れ入り|喜んで(?=お|ご|手伝|対応)"
)

#: The number of a list's entry: "1. angry".
ENUMERATION = re.compile(r"^[ \t]*\(?\d{1,2}[.)、][ \t]*(?=\D)", re.MULTILINE)

#: Phrases that deny every emotion and so name neutral, in English and in Japanese.
NO_EMOTION = re.compile(
    r"\bno (?:(?:clear|strong|particular|specific|obvious|evident|apparent|discernible|detectable|"
    r"noticeable|real) )?emotions?\b(?! (?:of|other|except|but|besides|than)\b)"
    r"|感情(?:は|が|も)?(?:なし|無し|ない|無い|ありません|感じられません|感じられない)"
)

#: Behind a number, or before it: it is that of every emotion that was just named.
EACH_BEHIND = re.compile(r"\s*(?:each|apiece)\b|\s*ずつ")
EACH_BEFORE = re.compile(
    r"(?:\beach(?: (?:at|is|are|gets?|has|have|with|about|around))?\s*|各\s*)$"
)

#: The numbers of a list are those of the emotions of a list, in order.
RESPECTIVELY = re.compile(r"\brespectively\b|それぞれ|順に")

#: Where the reach of a negation ends, before or behind it.
CLAUSE_END = re.compile(
    r"[,;!?、。{}|\n]|\.(?!\d)"
    r"|\b(?:but|however|though|although|yet|while|whereas|rather(?! than)|instead(?! of))\b"
)

#: What denies the emotions that follow it in the clause.
DENIAL_BEFORE = re.compile(
    r"\b(?:not(?! only| just| merely)|no(?! doubt| question| surprise)|never|neither|nor|without"
    r"|cannot|nothing|rather than|instead of|absence of|lack of|lacks|free of|hardly)\b|n't\b"
)

_DENYING_ENDING = r"(?<![少切])(?<!なんと)(?:ない|なく|なかった|ません|なし\b|無し|無い)"
_DENYING_VALUE = r"[\"']?\s*[:=]\s*[\"']?(?:false|null|none|no)\b"

#: What denies the emotion that it follows: "怒りではない", "怒っていません", '"angry": false'.
DENIAL_BEHIND = re.compile(f"{_DENYING_ENDING}|^{_DENYING_VALUE}")

#: Any word that may deny an emotion somewhere in a text: the quick question before the exact one.
ANY_DENIAL = re.compile(f"{DENIAL_BEFORE.pattern}|{_DENYING_ENDING}|{_DENYING_VALUE}")

#: Negative in form, and yet affirming: "怒りかもしれない", "怒りに違いない", "怒りではないか".
AFFIRMATION_BEHIND = re.compile(
    r"かもしれ|違い|ほかなら|他なら|しか|ないか|でしょうか|ないだろうか|隠|抑え|こらえ|堪え|禁じ"
)
