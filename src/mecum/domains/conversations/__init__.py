"""Conversations: a tree of messages that is never altered behind anybody's back."""
