"""SQLite beyond the store itself."""
