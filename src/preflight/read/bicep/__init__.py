"""Bicep → Template, without a compiler."""
