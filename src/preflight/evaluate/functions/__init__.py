"""The ARM template function library, one module per group of the reference."""
