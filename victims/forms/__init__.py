"""What people may enter in the support area: each part of it in its own module."""

from victims.forms.desk import ALL, WAITING, Close, DeskFilter, HandOver, NameDeputy, Reassign, Release
from victims.forms.own import AGREE, DECLINE, LATER, SUPPORTED, Choice, SafeContact

__all__ = [
    "AGREE",
    "ALL",
    "DECLINE",
    "LATER",
    "SUPPORTED",
    "WAITING",
    "Choice",
    "Close",
    "DeskFilter",
    "HandOver",
    "NameDeputy",
    "Reassign",
    "Release",
    "SafeContact",
]
