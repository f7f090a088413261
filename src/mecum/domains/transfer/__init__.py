"""Transfer: conversations written out and read back."""
