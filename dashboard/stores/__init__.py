"""The overview of stores: a card per store, kept up to date by the WebSocket `/ws/stores/`."""
