"""What news sites put around and into their texts: the tables that `clean` removes by, each row a named rule.

`OPENS` and `HAS` are phrases in lower case. `TITLE` and `INSIDE` hold (name, a word that must be there, pattern, what
is left of it); a pattern is tried only where its word is found, which keeps the whole fast.
"""

from __future__ import annotations

import re

Inside = tuple[str, str, re.Pattern[str], str]


def _phrases(table: str) -> tuple[str, ...]:
    """The phrases of a table that has a "|" or a line end between them."""
    return tuple(phrase.strip() for phrase in table.replace("\n", "|").split("|") if phrase.strip())


# A paragraph or sentence of at most 400 characters is dropped that opens with one of these …
OPENS = {
    "advertisement": _phrases(
        "advertisement|story continued below|continue reading|[pullquote]|article continues after"
    ),
    "more to read": _phrases(
        """read more:|read more about|[read|[watch|[see |[sign up|[listen|[here’s what|( also on|(also on|( photos:
        (photos:|( video:|(video:|( read:|( see also|(see also|(related:|related:|also read:|see also:|more from
        more on this|read or share this|read the full|read the rest|see the full article|see the original article
        click for|click here|for more on this|what to read next|watch:|watch the full|download pdf maps
        video scroll down|scroll down for|share your story|check out the cnn"""
    ),
    "newsletter": _phrases(
        """sign up for our|sign up here|subscribe to our|get the monitor stories|get our top investigations
        get all the latest news|get breaking news alerts|let our news meet your inbox|for indispensable reporting
        politico newsletter|politico playbook newsletter|morning energy newsletter|want fox news first
        for more stories that matter|join the conversation"""
    ),
    "sharing": _phrases(
        """facebook twitter|share this|email this|e-mail to a friend|listen to article|follow @|follow him on
        follow her on|follow us on|like us on|follow the ticker|content created by|tap here|print this"""
    ),
    "copyright": _phrases(
        "copyright ©|copyright 20|copyright 19|© |all rights reserved|all material ©|this material may not be"
    ),
    "picture": _phrases(
        """enlarge this image|toggle caption|photo:|photograph:|photo by|(photo by|(photo:|file photo|file -|file--
        slideshow (|hide caption|image source|image copyright|media caption|image caption|prev image|next image"""
    ),
    "note of the editor": _phrases(
        """editor's note|editor’s note|correction:|this article is more than|this story has been updated
        this article has been updated|this is a rush transcript|this copy may not be in its final form
        this is a developing story|sorry we are not currently accepting|this article first appeared
        this article originally|this story first appeared|this story originally|for immediate release"""
    ),
    "about the writer": _phrases(
        "the opinions expressed|the views expressed|contributing:|analysis/opinion|opinion contributor"
    ),
    "support us": _phrases(
        "if you enjoy our articles|donate now|please consider making|support our journalism|internet censorship is"
    ),
}
# … or has one of these anywhere.
HAS = {
    "contributors": _phrases(
        "contributed to this report|contributed to this story|contributed to this article|contributed reporting"
    ),
    "copyright": _phrases("all rights reserved|click here for reprint permission|may not be published, broadcast"),
    "newsletter": _phrases(
        """by signing up you agree|by signing up, you agree|you can unsubscribe at any time|delivered to your inbox
        straight to your inbox|right to your inbox|daily to your inbox|inbox every|weekday mornings|subscribe here
        sign up here|sign up today|our newsletter|as an interest to stay|this site is protected by recaptcha"""
    ),
    "sharing": _phrases(
        "facebook twitter pinterest|share tweet post|share on facebook|follow him on twitter|follow her on twitter"
    ),
    "about the writer": _phrases(
        """the opinions expressed|do not necessarily reflect the views|do not represent the views
        solely those of the author"""
    ),
    "picture": _phrases("toggle caption|hide caption"),
}

_LABELS = (
    "opinion|op-ed|analysis|commentary|editorial|column|exclusive|breaking|breaking news|just in|watch|video|listen|"
    "photos?|gallery|live|live updates?|updated?|fact[ -]check|(?:cnn |fox news )?poll|the memo|first on cnn|"
    "cnn exclusive|media advisory|press release|factsheet|for immediate release|trends on tuesday|the data briefing|"
    "the content corner|the api briefing|pa local heroes|new repo|webinar recap"
)
_SITES = "NPR|BBC News|CNN|Reuters|AP|The Guardian|The New York Times|The Washington Post|Fox News|USA TODAY|SheKnows"
_DAYS = "Mon|Tues|Wednes|Thurs|Fri|Satur|Sun"
_TAGS = "video|photos?|pics|audio|updated?|opinion|exclusive|infographic|gallery"
# Cut out of a title, in this order.
TITLE: tuple[Inside, ...] = (
    ("label in front", "", re.compile(rf"^(?:{_LABELS})(?:\s*[:|]|\s+[-–—])\s+(?=\S)", re.I), ""),
    ("label in brackets", "", re.compile(rf"\s*[\[(]\+?(?:with |full )?(?:{_TAGS})(?: \+ \w+)?[\])]", re.I), ""),
    ("by-line", " by ", re.compile(rf"\s+By [A-Z][\w.]+(?: [A-Z][\w.]+)+\s+(?:{_DAYS})day\b.*$"), ""),
    ("speaker", "", re.compile(r"\s+[-–—]\s+(?:Ms|Mr|Mrs|Mdm|Dr)\.? [A-Z][\w.' ]+$"), ""),
    ("minister", " by ", re.compile(r" by (?:Ms|Mr|Mrs|Mdm|Dr)\.? [A-Z].*\bMinister\b.*$"), ""),
    ("site", "", re.compile(rf"\s+(?:[-–—]|::?)\s+(?:{_SITES})$|\s*:\s+(?:NPR|Shots)$"), ""),
    ("site after a bar", "|", re.compile(r"\s+\|\s+[^|]{2,40}$"), ""),
    ("prompt at the end", "", re.compile(
        r"\s+[-–—]\s+(?:watch(?: \w+){0,2}|see (?:pics?|tweets|photos|details)|pics?|photos?|video|live updates?|"
        r"read (?:more|tweets))!?$", re.I), ""),
)  # fmt: skip

_WIRES = (
    r"Reuters|AP|CNN|CNNMoney|CNN Student News|AFP|UPI|HealthDay News|CNSNews\.com|Thomson Reuters Foundation|IANS|PTI|"
    r"ANI|[A-Z]?\w+\.com|Rolling Stone|Financial Times|Mashable|Mental Floss|The frisky|CNET|Budget travel|AOL autos|"
    r"CNNgo|Travel \+ Leisure|Sunset|Wired"
)
_CREDIT = (
    r"(?:AP|Reuters|AFP|EPA|Getty Images|Bloomberg|The New York Times|The Washington Post|Dreamstime|Shutterstock|"
    r"Pixabay|Zuma|C-SPAN)"
)
_NAME = r"[A-Z][\w.'’-]+"
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_PAPERS = "MailOnline|Mail Online|Daily Mail|Mail on Sunday"
# Cut out of a body, in this order.
INSIDE: tuple[Inside, ...] = (
    ("links of The Hill", " more", re.compile(
        r"\b(?P<last>[A-Z][\w'’-]+),? (?:[\w.()'’\"“”-]+ ){1,4}?(?P=last)(?=[A-Z“\"'‘0-9]).{5,500}? MORE\b"),
        r"\g<last>"),
    ("tweet", "pic.twitter.com", re.compile(r"(?:https?://\S+ )?pic\.twitter\.com/\w+"), ""),
    ("tweet", "(@", re.compile(rf"\s*[—–-]+ [^—–()]{{2,40}} \(@\w+\) (?:{_MONTHS}) \d+, \d{{4}}"), ""),
    ("address", "http", re.compile(r"(?:Read or Share this story: )?https?://\S+"), ""),
    ("picture", "toggle caption", re.compile(
        rf"(?:Enlarge this image )?toggle caption .{{3,80}}?{_CREDIT}(?: .{{3,80}}?{_CREDIT})?(?= |$)"), ""),
    ("picture", "(", re.compile(
        r"\s*\((?:Photo(?:graph)?|AP Photo|Image|Credit|Reuters|Getty)\b[:/ ][^()]{3,100}\)", re.I), ""),
    ("picture", "/", re.compile(rf"\s*\([A-Z][\w.'’ -]+(?:/[\w.'’ -]+)*/{_CREDIT}\)"), ""),
    ("picture", "close", re.compile(r"^CLOSE (?=[A-Z])"), ""),
    ("agency", "(", re.compile(
        r"^(?:[A-Z][\w.'’/-]*(?:,? [A-Z][\w.'’-]*){0,4} |[A-Z]+, \w+\.? \d+(?:, \d{4})? )?"
        rf"\((?:{_WIRES})\)\s*(?:[-–—]+\s*)?"), ""),
    ("dateline", "", re.compile(  # SANTA ANA, Calif. – A
        r"^[A-Z][A-Z.’']+(?:[ -][A-Z][A-Z.’']+){0,3}(?:, (?:[A-Z][\w.]*\.?|[A-Z]\w+ \w+))?(?: \([A-Z]\w+\))?"
        r"\s*(?:—|–|--|\s-)\s+(?=[\"“‘'A-Z])"), ""),
    ("dateline", "(", re.compile(r"^\([A-Z][A-Z .]+, [A-Z][\w. ]+\) (?:—|–|--|-) (?=[\"“A-Z])"), ""),
    ("dateline", " -- ", re.compile(
        r"^[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,2}, [A-Z][\w.]+(?: [A-Z][\w.]+)? -- (?=[A-Z])"), ""),
    ("by-line", "by ", re.compile(rf"^By {_NAME}(?: {_NAME}){{1,2}}(?:,| for| of|$)[^.]{{0,60}}$"), ""),
    ("by-line", "mail", re.compile(
        rf"^(?:And )?[A-Z][\w'-]+(?: [\w'-]+){{1,2}}(?:,| for)(?: the)? (?:{_PAPERS})[^.]{{0,50}}\.?$"), ""),
    ("by-line", "follow @@", re.compile(r"\bFollow @@ ?\w+\.?\s*"), ""),
)  # fmt: skip
