"""Molecular dynamics: molecule, topology, box, LAMMPS script, run, density and its error."""
