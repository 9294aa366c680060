"""Victim-support referrals: the welfare side. May look at reports; reports never looks here."""
