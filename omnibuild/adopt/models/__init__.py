"""Existing pydantic models and enums, as the sections of specs."""
