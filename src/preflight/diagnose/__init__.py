"""Decision → Diagnosis."""
