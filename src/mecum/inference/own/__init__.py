"""What a person says for themselves alone, over everything else that is configured for them."""
