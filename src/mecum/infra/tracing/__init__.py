"""What happened: structured logs, metrics, grouped errors."""
