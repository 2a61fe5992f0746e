"""The pages, the WebSocket and the composition of the API. It owns no table."""
