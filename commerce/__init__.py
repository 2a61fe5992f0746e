"""What is sold, for every source: products with their code, name and category."""
