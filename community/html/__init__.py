"""What saved web pages are made of: text with offsets, the article, and the comments' pattern."""
