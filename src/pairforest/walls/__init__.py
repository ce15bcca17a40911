"""The walls of atoms: where molecules begin to repel, felt with a neon atom, and the law of it."""
