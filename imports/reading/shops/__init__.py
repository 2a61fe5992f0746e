"""Exports of orders and payments, as shops and payment services write them."""
