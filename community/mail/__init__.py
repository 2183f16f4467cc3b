"""Electronic mail, as archives keep it: messages, their words, and who answers whom."""
