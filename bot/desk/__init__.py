"""The officers' desk: cases from forwarded to closed, and the outbox that tells people about them."""
