"""Labels: Buckingham constants to learn from, by recipe."""
