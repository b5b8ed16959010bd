"""What the bot does about its sources: looks at them when they are due, and tells of what has changed."""
