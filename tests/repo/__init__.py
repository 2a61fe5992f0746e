"""Tests of deployment, continuous integration, documents and layout."""
