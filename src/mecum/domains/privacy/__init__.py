"""Privacy: what may leave this machine, and the log of what did."""
