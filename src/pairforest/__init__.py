"""PairForest: quantum-mechanical energies to classical potentials to liquid densities."""

__version__ = "0.1.0"
