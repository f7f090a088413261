"""What holds for the whole source: imports, and what a line may do where."""
