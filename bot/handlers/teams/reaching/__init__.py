"""Ways to the bot beside asking it: looking up, sending messages on, links, and being taken in somewhere."""
