"""Profiles: configurations with a name, of the instance, an organisation or a person, one of which counts."""
