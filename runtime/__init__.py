"""What every process of the product uses, below all apps: conditions and the watch over background loops."""
