"""Figures and the documents behind them as files, made by a job and never cut."""
