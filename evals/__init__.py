"""What answers and choices are measured by, and how data in the package were derived."""
