"""Cases as officers work on them in Slack, and as askers hear of them."""
