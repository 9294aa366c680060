"""Figures: counts that were drawn once, controlled so that they give nobody away, and released by two people."""
