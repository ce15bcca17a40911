"""Quantum ESPRESSO: inputs, running, parsing, and what is computed with it."""
