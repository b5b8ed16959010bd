"""Recognises personal data in what people write: numbers by their check digits, names by what stands beside them."""
