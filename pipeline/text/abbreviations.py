"""Abbreviations and sentence openers of news English, in lower case and without the final stop.

The library's own list was learnt from legal text and holds words such as "win", "sun" and "york":
only entries that stand here, or have a stop inside ("u.s"), are used.
"""

from __future__ import annotations

# Stand before a person's name and never end a sentence.
PERSON_TITLES = frozenset(
    "adm amb asst atty brig capt chas cmdr col cpl det dr fr gen geo gov hon insp jas jos lt maj "
    "messrs mr mrs ms msgr mx pres prof pvt rep reps rev robt sen sens sgt supt thos wm".split()
)
# Stand before a name of another sort; some also end a sentence ("on Maple St.").
NAME_PARTS = frozenset("assoc dept ft mt mts pt st ste univ".split())
# Abbreviations only with a capital: "Ill." but not "fell ill.", "Mar." but not "to mar."
MONTHS_AND_DAYS = frozenset(
    "apr aug dec feb fri jan jul jun mar mon nov oct sat sep sept sun thu thur thurs tue tues wed".split()
)
STATES = frozenset(
    "ala ariz ark calif colo conn del fla ga ill ind kan ky la mass md me mich minn miss mo mont "
    "neb nev okla ont ore pa que tenn tex va vt wash wis wyo".split()
)
# Stand before a number or inside a phrase.
INNER = frozenset(
    "al approx arch art arts avg ca cf ch ed eds eg eq eqs est excl ext fig figs ie incl max min "
    "misc no nos op orig p par para pp qtr qtrs resp sec sect supp tel temp trans v ver viz vol "
    "vols vs".split()
)
# May stand inside a sentence or end one.
ENDINGS = frozenset(
    "assn ave bldg blvd bros co corp cos dist esq etc govt hr hrs hwy in inc intl jr km kg lb lbs "
    "llc ltd mfg mi mins mph natl oz plc rd sq sr yd yds".split()
)
CAPITALISED = MONTHS_AND_DAYS | STATES
ABBREVIATIONS = PERSON_TITLES | NAME_PARTS | CAPITALISED | INNER | ENDINGS

# Words that open a sentence when capitalised and seldom continue a name.
OPENERS = frozenset(
    "a after again all also although among an and another any as at because before both but by "
    "critics despite during each earlier even every few for from further half he her here his how "
    "however i if in instead is it its just last later many meanwhile more most my nearly neither "
    "no nobody none nor not nothing now of officials on once only or other others our over people "
    "several she since so some soon still such than that the their then there these they this those "
    "though thousands through to two under unlike until we what when where whether which while who "
    "why with without yet you your".split()
)
SPEECH_VERBS = frozenset(
    "added admitted agreed announced answered argued asked began called continued cried declared "
    "explained insisted joked laughed noted pleaded recalled remarked repeated replied responded "
    "said says screamed shouted stated thought told urged warned whispered wondered wrote yelled".split()
)
# What may follow "5 p.m." inside a sentence although it has a capital.
ZONES_AND_DATES = (
    frozenset(
        "est edt cst cdt mst mdt pst pdt et ct pt gmt utc bst cet cest eastern central pacific "
        "monday tuesday wednesday thursday friday saturday sunday january february march april may "
        "june july august september october november december".split()
    )
    | MONTHS_AND_DAYS
)
