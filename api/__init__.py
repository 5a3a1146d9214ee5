"""How people reach the domain: the HTTP service and the command line."""
