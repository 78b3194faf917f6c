"""Results as data: what a row is, what each column means, and the files that hold them."""
