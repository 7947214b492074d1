"""What all pages share: templates, words, forms, and what every page knows."""
