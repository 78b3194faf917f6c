"""Two submissions beside each other, with what they share marked in both. Nothing is judged."""
