"""Pytest plugins of this project, loaded by conftest.py."""
