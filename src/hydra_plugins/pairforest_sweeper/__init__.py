"""Hydra's Optuna sweeper on a journal file: resumable, and one MLflow parent run a sweep."""
