"""What is said about models in files and profiles: read, checked, merged over its levels, and explained."""
