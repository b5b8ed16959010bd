"""How the app comes into Microsoft Teams: its manifest, its icons, and the zip of both."""
