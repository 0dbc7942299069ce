"""What is done to pages: upright, straight, legible, read, rendered as PDF/A, sealed, verified."""
