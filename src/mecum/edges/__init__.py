"""How the world reaches us: HTTP, WebSocket, the command line, the worker. Decides nothing."""
