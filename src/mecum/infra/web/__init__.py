"""What every HTTP edge shares: problem details, headers, the built page."""
