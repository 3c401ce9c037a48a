"""The words that numbers are written with: values, scales, units, and what stands before a rounded number."""

from __future__ import annotations

from pipeline.lexicon import word_set

_ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen"""
_ROUND = "twenty thirty forty fifty sixty seventy eighty ninety"
_RANKS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
SMALL = {word: value for value, word in enumerate(_ONES.split())}
TENS = {word: 10 * value for value, word in enumerate(_ROUND.split(), start=2)}
ORDINALS = {word: value for value, word in enumerate(_RANKS.split(), start=1)}
SCALES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0,
    "k": 1e3, "m": 1e6, "mn": 1e6, "mln": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12, "trn": 1e12,
}  # fmt: skip
LETTER_SCALES = frozenset(("k", "m", "mn", "mln", "bn", "b", "tn", "trn"))
VAGUE = {f"{name}s": size for name, size in SCALES.items() if len(name) > 3}
FRACTIONS = {"half": 0.5, "halves": 0.5, "third": 1 / 3, "thirds": 1 / 3, "quarter": 0.25, "quarters": 0.25}
CURRENCY = {
    "$": "$", "£": "£", "€": "€", "¥": "¥", "dollar": "$", "dollars": "$", "euro": "€", "euros": "€", "yen": "¥",
    "cents": "cent", "cent": "cent",
}  # fmt: skip
MEASURES = word_set(
    """second minute hour day week month year decade century mile kilometer kilometre km meter metre foot inch yard
    acre hectare ton tonne kilogram kg pound ounce gallon barrel liter litre mph degree"""
)
BEFORE = {
    "about": "about", "around": "about", "roughly": "about", "approximately": "about", "some": "about",
    "nearly": "below", "almost": "below", "under": "below", "below": "below",
    "over": "above", "above": "above", "topping": "above", "exceeding": "above",
    "more than": "above", "greater than": "above", "at least": "above", "less than": "below",
    "fewer than": "below", "up to": "below", "close to": "about",
}  # fmt: skip
