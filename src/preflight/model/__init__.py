"""The nouns: frozen data classes and enums that the stages hand to each other."""
