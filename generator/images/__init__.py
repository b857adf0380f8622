"""An address → bytes → safe pixels → a signature."""
