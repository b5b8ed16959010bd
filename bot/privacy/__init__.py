"""What people have a right to, and what keeps no longer than it must: access, erasure, retention, backups."""
