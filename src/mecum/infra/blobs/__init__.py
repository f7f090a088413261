"""Bytes by their content, per organisation."""
