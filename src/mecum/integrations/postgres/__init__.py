"""PostgreSQL beyond the store itself."""
