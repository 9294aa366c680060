"""Everything that may be done on the welfare side: the only writers. Keyword-only, in one transaction.

`offers`: the offer and the person's choice. `clocks`: what is owed, started and met. `desk`: who
carries the case. A Refused is fit to be shown.
"""

from campion.workflow import Refused
from victims.actions.clocks import date_waiting_clocks, meet, set_aside, wait_on
from victims.actions.desk import (
    Moved,
    StillOwed,
    claim,
    close,
    hand_over,
    reassign,
    release,
    reopen,
    undo_reassign,
)
from victims.actions.offers import (
    SafeContact,
    agree,
    already_supported,
    change_contact,
    choose_later,
    decline,
    follow_harm,
    follow_person,
    merge_referrals,
    offer,
    refer_oneself,
)

__all__ = [
    "Moved",
    "Refused",
    "SafeContact",
    "StillOwed",
    "agree",
    "already_supported",
    "change_contact",
    "choose_later",
    "claim",
    "close",
    "date_waiting_clocks",
    "decline",
    "follow_harm",
    "follow_person",
    "hand_over",
    "meet",
    "merge_referrals",
    "offer",
    "reassign",
    "refer_oneself",
    "release",
    "reopen",
    "set_aside",
    "undo_reassign",
    "wait_on",
]
