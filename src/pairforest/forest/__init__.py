"""The forest: features, model, evaluation, search, registry."""
