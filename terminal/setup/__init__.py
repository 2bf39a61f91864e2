"""Setting a counter up: what is asked, what it becomes in the settings file, and trials of reader and printer. No screen."""
