"""Everything that may be done on the welfare side: the only writers. Keyword-only, in one transaction.

`offers`: the offer and the person's choice. `clocks`: what is owed, started and met. A Refused is fit to be shown.
"""

from campion.workflow import Refused
from victims.actions.clocks import date_waiting_clocks, meet, set_aside, wait_on
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
    "Refused",
    "SafeContact",
    "agree",
    "already_supported",
    "change_contact",
    "choose_later",
    "date_waiting_clocks",
    "decline",
    "follow_harm",
    "follow_person",
    "meet",
    "merge_referrals",
    "offer",
    "refer_oneself",
    "set_aside",
    "wait_on",
]
