"""Fake shops of all platforms, connected with stores of this installation, for demonstration, load and tests."""
