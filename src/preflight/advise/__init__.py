"""Diagnosis + Catalog → Recommendation."""
