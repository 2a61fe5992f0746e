"""What is sold, how many of it are left, and who buys, for every source: products, variants, stock, customers, carts."""
