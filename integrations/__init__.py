"""Connections to the systems of others, one package each. They report orders and never import each other."""
