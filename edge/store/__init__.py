"""What a unit keeps: the roster it may know and the events it still owes the cloud."""
