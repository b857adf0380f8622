"""Values of cells: counts, dates and addresses as people and exports write them."""
