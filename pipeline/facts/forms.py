"""Under which keys the inflections of a word meet, irregular verbs included; and which forms are past."""

from __future__ import annotations

from functools import lru_cache

from pipeline.lexicon import bases, word_set

# base, past, past participle (if it differs), one verb a group
_IRREGULAR = """arise arose arisen|be was been|beat beaten|bend bent|become became|begin began begun|bind bound|
bite bit bitten|blow blew blown|break broke broken|breed bred|bring brought|build built|burn burnt|buy bought|
catch caught|choose chose chosen|cling clung|come came|deal dealt|dig dug|do did done|draw drew drawn|
drink drank drunk|drive drove driven|eat ate eaten|fall fell fallen|feed fed|feel felt|fight fought|find found|
flee fled|fly flew flown|forbid forbade forbidden|forget forgot forgotten|forgive forgave forgiven|
freeze froze frozen|get got gotten|give gave given|go went gone|grow grew grown|hang hung|have had|hear heard|
hide hid hidden|hold held|keep kept|know knew known|lay laid|lead led|leave left|lend lent|lie lay lain|lose lost|
make made|mean meant|meet met|mislead misled|mistake mistook mistaken|overrun overran|oversee oversaw overseen|
overtake overtook overtaken|overcome overcame|overthrow overthrew overthrown|pay paid|prove proven|rebuild rebuilt|
repay repaid|ride rode ridden|ring rang rung|rise rose risen|run ran|say said|see saw seen|seek sought|sell sold|
send sent|shake shook shaken|shine shone|shoot shot|show shown|shrink shrank shrunk|sing sang sung|sink sank sunk|
sit sat|sleep slept|speak spoke spoken|slide slid|speed sped|spend spent|spin spun|stand stood|spring sprang sprung|
steal stole stolen|stick stuck|sting stung|stride strode|strike struck stricken|swear swore sworn|sweep swept|
swim swam swum|swing swung|take took taken|teach taught|tear tore torn|tell told|think thought|throw threw thrown|
understand understood|undergo underwent undergone|undertake undertook undertaken|uphold upheld|wake woke woken|
wear wore worn|win won|withdraw withdrew withdrawn|withhold withheld|withstand withstood|write wrote written"""
_SAME = word_set("beat bet bid broadcast burst cast cost cut hit hurt let put quit set shed shut split spread thrust")
_VERBS = [group.split() for group in _IRREGULAR.split("|")]
_BASE = {form: verb[0] for verb in _VERBS for form in verb[1:]}
_SHORT = {  # too short for the rules
    form: verb
    for verb, rest in (("sue", "sues suing sued"), ("die", "dies dying died"), ("use", "uses using used"),
                       ("owe", "owes owing owed"), ("tie", "ties tying tied"))
    for form in rest.split()
}  # fmt: skip
_PAST = frozenset(_BASE) - {"saw", "lay", "bound"}
_NOT_PAST = word_set(
    "hundred need indeed speed feed seed deed exceed proceed succeed breed greed steed sacred weed heed bleed embed"
)


@lru_cache(1 << 16)
def forms(key: str) -> frozenset[str]:
    """Base forms that a lower-case word may have: two words are inflections of one another if these sets meet."""
    base = _BASE.get(key) or _SHORT.get(key)
    return frozenset(bases(key)) if base is None else frozenset((key, base))


@lru_cache(1 << 16)
def is_past(key: str) -> bool:
    """Whether a lower-case word has the form of a past tense or past participle that differs from the base."""
    return key in _PAST or (key.endswith("ed") and len(key) > 3 and key not in _NOT_PAST)


@lru_cache(1 << 16)
def is_verb_form(key: str) -> bool:
    """Whether a lower-case word has a form that verbs take after a subject: past, or with -s."""
    return is_past(key) or key in _SAME or (key.endswith("s") and not key.endswith(("ss", "us", "is")))
