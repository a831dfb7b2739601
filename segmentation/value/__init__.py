"""What customers are worth, what they will be worth, and how far to believe it."""
