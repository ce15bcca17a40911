"""Reading quantum-mechanical databases into the project's tables."""
