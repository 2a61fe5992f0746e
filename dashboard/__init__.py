"""The pages, the WebSocket and the composition of the API. The package owns no table."""
