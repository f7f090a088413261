"""Keys: where the master key comes from, and envelopes sealed with it."""
