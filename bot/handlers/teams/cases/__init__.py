"""Cases as officers work on them in Teams, and as askers hear of them."""
