"""What a person can ask for: one catalogue that feeds keys, footer, palette and help."""
