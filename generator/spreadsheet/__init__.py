"""A spreadsheet's rows → posts and refusals."""
