"""What people look at: the declared layers and the browser app."""
