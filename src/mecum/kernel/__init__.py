"""Values and rules that everything else stands on; imports nothing of ours."""
