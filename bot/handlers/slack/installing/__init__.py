"""How the app comes into workspaces, with which tokens it acts there, and how it leaves them."""
