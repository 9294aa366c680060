"""What people may enter in the support area: each part of it in its own module."""

from victims.forms.desk import DeskFilter
from victims.forms.own import AGREE, DECLINE, LATER, SUPPORTED, Choice, SafeContact

__all__ = ["AGREE", "DECLINE", "LATER", "SUPPORTED", "Choice", "DeskFilter", "SafeContact"]
