"""What reads a picture: line finding, text lines, codes, document kinds, and the weights they need."""
