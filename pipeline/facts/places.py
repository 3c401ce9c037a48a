"""Small tables about names: titles and their short forms, role words, places and the adjectives made from them."""

from __future__ import annotations

from pipeline.lexicon import word_set

# Short form (no dot) → full word; both are titles that may stand before a person's name.
TITLES = {
    "gen": "general", "sen": "senator", "sens": "senators", "rep": "representative", "reps": "representatives",
    "gov": "governor", "govs": "governors", "lt": "lieutenant", "col": "colonel", "capt": "captain", "maj": "major",
    "sgt": "sergeant", "cpl": "corporal", "cmdr": "commander", "adm": "admiral", "dr": "doctor", "prof": "professor",
    "rev": "reverend", "hon": "honorable", "pres": "president", "atty": "attorney", "supt": "superintendent",
    "det": "detective", "insp": "inspector", "mr": "mr", "mrs": "mrs", "ms": "ms", "st": "saint", "fr": "father",
    "dept": "department", "assn": "association", "univ": "university", "mt": "mount", "ft": "fort",
}  # fmt: skip
OTHER_ABBREVIATIONS = (
    "jr", "sr", "inc", "corp", "ltd", "co", "bros", "vs", "no", "etc", "ave", "blvd", "rd",
    "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
    "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat",
)  # fmt: skip
ROLES = word_set(
    """president vice prime minister secretary senator senators representative representatives governor governors
    general lieutenant colonel captain major sergeant corporal commander admiral doctor professor reverend attorney
    mr mrs ms sir lady lord king queen prince princess pope cardinal bishop archbishop rabbi imam chancellor premier
    chairman chairwoman chair chief executive officer director mayor judge justice justices sheriff detective
    inspector ambassador coach manager congressman congresswoman speaker leader former acting deputy assistant
    republican republicans democrat democrats democratic gop party candidate nominee
    spokesman spokeswoman spokesperson superintendent commissioner councilman councilwoman supervisor
    treasurer house senate"""
)
# Adjectives that no rule derives from the place: place → adjectives and inhabitants.
_IRREGULAR = """france french frenchman|britain british briton britons uk|spain spanish spaniard spaniards
netherlands dutch holland|greece greek greeks|switzerland swiss|denmark danish dane danes|sweden swedish swede
finland finnish finn|poland polish pole poles|turkey turkish turk turks|ireland irish|scotland scottish scots
wales welsh|england english|thailand thai|afghanistan afghan afghans|philippines filipino filipinos philippine
norway norwegian|peru peruvian|czechia czech|kyiv kiev|iceland icelandic|cyprus cypriot|monaco monegasque
congo congolese|lebanon lebanese
uzbekistan uzbek|kazakhstan kazakh|kyrgyzstan kyrgyz|tajikistan tajik|turkmenistan turkmen|taiwan taiwanese
europe european europeans eu|hungary hungarian|belgium belgian|portugal portuguese|vietnam vietnamese
usa american americans america|pennsylvania pa|california calif|florida fla|texas tex|massachusetts mass
michigan mich|minnesota minn|illinois ill|arizona ariz|colorado colo|connecticut conn|wisconsin wis|tennessee tenn
virginia va|georgia ga|alabama ala|oklahoma okla|nebraska neb|louisiana la|kentucky ky|washington wash
germany german germans|gaza gazan gazans|ukraine ukrainian|myanmar burma burmese"""
_OTHER_FAMILIES = """congress congressional|senate senator senators senatorial|islam islamic islamist islamists
democrat democrats democratic dem dems|republican republicans gop"""
# Capital → a key of its country: the capital may stand for the government where it acts ("Moscow warns").
CAPITALS = {
    "washington": "usa", "moscow": "russia", "beijing": "china", "tehran": "iran", "london": "uk", "paris": "france",
    "berlin": "germany", "kyiv": "ukraine", "kiev": "ukraine", "tokyo": "japan", "ankara": "turkey", "cairo": "egypt",
    "damascus": "syria", "baghdad": "iraq", "kabul": "afghanistan", "islamabad": "pakistan", "havana": "cuba",
    "caracas": "venezuela", "canberra": "australia", "ottawa": "canada", "jerusalem": "israel", "madrid": "spain",
    "rome": "italy", "brussels": "eu", "riyadh": "saudi", "delhi": "india", "seoul": "korea", "pyongyang": "korea",
}  # fmt: skip
DEMONYM_ENDINGS = ("ians", "ian", "ans", "an", "ese", "is", "i", "ish", "n", "ns")
PLACES = word_set(
    """africa alabama alaska albania algeria america angola arizona arkansas argentina armenia asia athens atlanta
    austin australia austria azerbaijan baghdad bahrain baltimore bangladesh beijing beirut belarus belgium benghazi
    berlin bolivia bosnia boston brazil brexit britain brussels bulgaria cairo california cambodia canada charlotte
    chicago chile china cleveland colombia colorado connecticut crimea croatia cuba dallas damascus delaware denmark
    denver detroit donetsk dubai dublin ecuador egypt england estonia ethiopia europe ferguson finland florida france
    gaza geneva georgia germany ghana greece guantanamo guatemala haiti hawaii honduras houston hungary iceland idaho
    illinois india indiana indonesia iowa iran iraq ireland islamabad israel istanbul italy jamaica japan jerusalem
    jordan kabul kansas kenya kentucky kosovo kremlin kuwait kyiv laos latvia lebanon libya lithuania london louisiana
    madrid maine malaysia maryland massachusetts mexico miami michigan milwaukee minneapolis minnesota mississippi
    missouri montana moscow mumbai myanmar nebraska nepal netherlands nevada nigeria norway ohio oklahoma oregon
    orlando pakistan palestine panama paris pennsylvania pentagon peru philadelphia philippines phoenix pittsburgh
    poland portland portugal qatar quebec reuters romania rome russia rwanda scotland seattle serbia seoul shanghai
    singapore slovakia slovenia somalia spain sudan sweden switzerland sydney syria taiwan tehran tennessee texas
    thailand tokyo toronto tunisia turkey uganda ukraine utah uzbekistan venezuela vermont vienna vietnam virginia
    wales warsaw washington wisconsin wyoming yemen zimbabwe"""
)
PEOPLE = word_set(
    """adams alan albert alex alexander ali alice allen amy andrew andy angela ann anna anne anthony antonio arthur
    barack barbara ben benjamin bernie betty biden bill billy bob bobby brad brandon brian brown bruce bryan burke bush
    carl carlos carol caroline carter charles charlie cheney chris christine christopher chuck clark clinton cohen
    cole collins comey cooper cruz cummings dan daniel dave david davis dean deborah dennis diana diane dick donald
    donna doug douglas ed eddie edward elizabeth emily eric evans flynn ford francis frank fred gary george gerald
    gore graham grant greg harris harry heather helen henry hillary holder howard hunter jack jackson jacob james
    jane jason jean jeff jennifer jeremy jerry jessica jim jimmy joe joel john johnson jonathan jones jose joseph
    josh joshua juan judy julia julie justin karen kate keith kelly kennedy kenneth kerry kevin kim kyle larry laura
    lawrence lee leo lewis linda lisa louis lynch marc marco maria marie mark marshall martha martin mary matt
    matthew max mccain michael michelle mick miguel mike miller mitch mitt moore morgan mueller murphy musk nancy
    nathan nelson nicholas nick nicole nixon obama oliver oscar pamela parker patricia patrick paul pelosi pence
    perry pete peter phil philip phillips powell putin rachel ralph rand ray raymond reagan rebecca rice richard rick
    robert roberts robin robinson roger romney ron ronald ross roy rubio rumsfeld ruth ryan sam samuel sanders sandra
    sara sarah schumer scott sean sharon smith snowden stephanie stephen steve steven stewart stuart sullivan susan
    taylor ted terry theresa thomas thompson tim timothy todd tom tony trump tyler victor vincent vladimir walker
    walter warren wayne wendy william williams wilson wright"""
)


def _families(table: str) -> dict[str, frozenset[str]]:
    groups = [group.split() for row in table.split("\n") for group in row.split("|")]
    return {word: frozenset(group) for group in groups for word in group}


_PLACE_FAMILIES = _families(_IRREGULAR)
RELATIVES = _PLACE_FAMILIES | _families(_OTHER_FAMILIES)
"""Lower-case name → all the forms of the same place or body that no rule derives from it."""


def place_stems(word: str) -> frozenset[str]:
    """What a lower-case place shares with its regular adjectives: syria, syrian → "syr"; iraq, iraqis → "iraq".

    Two names belong together if these sets meet and one of them `is_adjective`.
    """
    stems = {word, word[:-1]} if word[-1:] in "aeoy" else {word}
    stems.update(word[: -len(end)] for end in DEMONYM_ENDINGS if word.endswith(end))
    return frozenset(stem for stem in stems if len(stem) >= 3)


def is_adjective(word: str) -> bool:
    """Whether a lower-case name has the form of a place's adjective or inhabitant."""
    return word.endswith(DEMONYM_ENDINGS)


_PLACE_STEMS = frozenset(stem for place in PLACES for stem in place_stems(place))


def is_place_word(word: str) -> bool:
    """Whether a lower-case name is a known place or its adjective, which may stand before any other name."""
    if word in PLACES or word in _PLACE_FAMILIES:
        return True
    return is_adjective(word) and not _PLACE_STEMS.isdisjoint(place_stems(word))
