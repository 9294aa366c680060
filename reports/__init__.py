"""Assault incident records: the law-enforcement side."""
