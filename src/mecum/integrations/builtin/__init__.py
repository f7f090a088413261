"""What answers where no language model is: quotes, time, units, arithmetic, notes."""
