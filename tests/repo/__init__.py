"""Tests of what surrounds the code: deployment, continuous integration, documents."""
