"""Pipes: records that sources send of what a store sells, stored raw first and then exactly once as what they are."""
