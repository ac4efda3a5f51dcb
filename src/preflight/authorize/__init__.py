"""Requirement + AccessSnapshot → Decision."""
