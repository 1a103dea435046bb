"""The server: HTTP routes, map views, exports and the command line."""
