"""The stages of a turn; each takes the turn, none calls another."""
