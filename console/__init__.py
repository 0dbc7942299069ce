"""Where people meet the product: command line, Vietnamese and English wording."""
