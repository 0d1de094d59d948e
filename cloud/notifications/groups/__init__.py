"""What the families and teachers of a class write to each other, under its homeroom teacher's eyes."""
