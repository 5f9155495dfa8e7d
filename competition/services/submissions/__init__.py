"""Teams, their entries and files, what they submit, and the organizers' screening."""
