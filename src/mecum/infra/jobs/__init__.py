"""Durable background work in the same database as what it works on."""
