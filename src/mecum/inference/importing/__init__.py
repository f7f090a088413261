"""Brings the configuration of an older installation in: files, profiles and keys, with every field accounted for."""
