"""Calibration of recipe `aim` on liquids: parameters, responses, Gauss–Newton steps, study."""
