"""The web console: pages made on the server, small scripts that make them faster, nothing from outside."""
