"""Everything that is known of one model, each fact with where it is from."""
