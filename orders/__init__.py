"""Orders as every source reports them, and the documents that each order leads to."""
