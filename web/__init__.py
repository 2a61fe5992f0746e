"""The HTTP toolkit: what every answer of the web process goes through. Knows no invoice."""
