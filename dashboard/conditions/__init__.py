"""The conditions of the product: the web process checks them every two seconds and collects those of every process."""
