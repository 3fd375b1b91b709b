"""What other programs say of the same files: their answers as data, and what is made of them."""
