"""One socket per tab, all runs multiplexed."""
