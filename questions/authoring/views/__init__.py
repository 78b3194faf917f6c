"""The pages: each reads through what its author may see, so that anything else is a 404."""
