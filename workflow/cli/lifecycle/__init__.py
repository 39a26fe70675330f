"""`lifecycle`: what an administrator does with lifecycle files; one module for each errand."""
