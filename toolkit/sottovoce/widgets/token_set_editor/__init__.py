"""TokenSetEditor: which words are followed, and how a tokenizer splits them."""
