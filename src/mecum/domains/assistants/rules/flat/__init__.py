"""The flat table that assistants were: its names, its values, and what of them is which field here."""
