"""What flattened text is made of: bullets and indents, bylines, page furniture."""
