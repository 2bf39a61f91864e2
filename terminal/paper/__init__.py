"""What comes out of the printer: the slip as a document, its two forms, and the queue that prints it."""
