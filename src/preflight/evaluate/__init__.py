"""Template + Environment → Plan."""
