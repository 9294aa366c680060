"""The only writers of figures: a release asked for, drawn, approved, published, corrected, withdrawn."""

from campion.workflow import Refused
from figures.actions.correcting import correct, replace, revise, revised_with
from figures.actions.drawing import LEASE, ask, ask_again, draw, periods_due, rebuilt
from figures.actions.keeping import kept, put_out
from figures.actions.saying import announce, load_workforce, parts_of, state_fact
from figures.actions.signing import approve, preview, publish, set_aside, withdraw

__all__ = [
    "LEASE",
    "Refused",
    "announce",
    "approve",
    "ask",
    "ask_again",
    "correct",
    "draw",
    "kept",
    "load_workforce",
    "parts_of",
    "periods_due",
    "preview",
    "publish",
    "put_out",
    "rebuilt",
    "replace",
    "revise",
    "revised_with",
    "set_aside",
    "state_fact",
    "withdraw",
]
