"""Questions as they are asked in Slack."""
