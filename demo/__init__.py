"""The demonstration: an invented force, its people and their reports, born through the actions of the rooms below."""
