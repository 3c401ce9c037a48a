"""Words that say how sure a statement is: what may be, what is meant to be, what somebody claims."""

from __future__ import annotations

from typing import Literal

from pipeline.lexicon import word_set

MAY = word_set("may might could")
WILL = word_set("will shall won't")
FUTURE = WILL | word_set("would to going should can must he'll she'll it'll they'll we'll you'll i'll")
OTHER_MODALS = word_set(
    """would should can must ought cannot can't couldn't wouldn't shouldn't mustn't
    did do does didn't don't doesn't"""
)
HEDGING: dict[str, Literal["may", "claim"]] = {
    "possibly": "may", "perhaps": "may", "maybe": "may", "potentially": "may",
    "allegedly": "claim", "reportedly": "claim", "supposedly": "claim", "purportedly": "claim",
}  # fmt: skip
PASSED_OVER = word_set(
    "not never also now still soon then yet always even just already again both all a an the in at on"
)
# Before "to": nothing has happened yet
AIMS = word_set(
    """expected expects expect likely unlikely plan plans planned planning hope hopes hoped hoping want wants wanted
    seek seeks sought seeking intend intends intended aim aims aimed aiming threaten threatens threatened vow vows
    vowed promise promises promised pledge pledges pledged agree agrees agreed try tries tried trying attempt
    attempts attempted refuse refuses refused propose proposes proposed proposal bid offer offers offered urged
    asked wishes wish consider considers considering"""
)
CLAIMED = word_set("said believed thought alleged reported claimed claims claim suspected rumored rumoured understood")
ACCUSED = word_set("accused suspected charged accuses accusing")  # of, with
CLAIMING = word_set("accused alleged alleging alleges suspected charged accuses claims claimed reportedly allegedly")
# Before "to": it happened, or must
REALISED = word_set(
    """managed began begins continue continues continued went helped helps used forced led got started chose proceeded
    has have had need needs needed able came failed fails"""
)
# With one of these a text is not sure of everything it says
UNSURE = MAY | word_set(
    """possible possibly potential potentially likely unlikely perhaps maybe can cannot can't couldn't would should if
    whether risk risks fear fears feared threat threaten threatens threatened expected expect expects hope hopes
    hoped chance chances consider considering considered considers believe believes believed think thinks thought
    suggest suggests suggested suspect suspected suspects alleged allegedly reportedly unclear question questions
    plan plans planned wants want wanted seek seeks seeking warn warned warns warning propose proposed proposes
    proposal option options allow allows allowed predict predicted predicts forecast odds able feasible eligible
    must wonder apparently apparent seem seems seemed appear appears appeared probably prospect prospects
    speculation opportunity permitted"""
)
