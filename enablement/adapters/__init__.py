"""How the ports are met: SQL store, search index, file readers."""
