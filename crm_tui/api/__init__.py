"""The async API service: records out, HTTP inside. Nothing above this layer sees a response."""
