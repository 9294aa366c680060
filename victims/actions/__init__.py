"""Everything that may be done on the welfare side: the only writers. Keyword-only, in one transaction.

`offers`: the offer and the person's choice. `clocks`: what is owed, started and met. `desk`: who
carries the case. A Refused is fit to be shown.
"""

from campion.workflow import Refused
from victims.actions.clocks import date_waiting_clocks, meet, meet_together, set_aside, wait_on
from victims.actions.desk import (
    Moved,
    StillOwed,
    claim,
    close,
    hand_over,
    let_go,
    reassign,
    release,
    reopen,
    undo_reassign,
)
from victims.actions.notices import send_notices
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
from victims.actions.own import (
    asks_now,
    choose_statement,
    complain,
    go_to_service,
    say_how_it_was,
    write,
)
from victims.actions.sharing import (
    add_related,
    add_representative,
    end_related,
    end_representative,
    withdraw_consent,
)

__all__ = [
    "Moved",
    "Refused",
    "SafeContact",
    "StillOwed",
    "add_related",
    "add_representative",
    "agree",
    "already_supported",
    "asks_now",
    "change_contact",
    "choose_later",
    "choose_statement",
    "claim",
    "close",
    "complain",
    "date_waiting_clocks",
    "decline",
    "end_related",
    "end_representative",
    "follow_harm",
    "follow_person",
    "go_to_service",
    "hand_over",
    "let_go",
    "meet",
    "meet_together",
    "merge_referrals",
    "offer",
    "reassign",
    "refer_oneself",
    "release",
    "reopen",
    "say_how_it_was",
    "send_notices",
    "set_aside",
    "undo_reassign",
    "wait_on",
    "withdraw_consent",
    "write",
]
