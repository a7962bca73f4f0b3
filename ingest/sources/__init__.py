"""Which files there are to read, and what their folders and names say of them."""
