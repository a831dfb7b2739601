"""Customers to segments, and segments to what is said about them."""
