"""The assistant of a small web shop."""
