"""Bytes → Template: one front end per input format."""
