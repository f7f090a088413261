"""What tests make things with: stores, persons, conversations."""
