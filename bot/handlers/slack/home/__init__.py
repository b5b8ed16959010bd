"""What Slack shows of the bot beside its messages: the Home tab, prompts in the agent view, previews of links."""
