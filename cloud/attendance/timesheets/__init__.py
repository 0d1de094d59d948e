"""Bảng chấm công: the staff's months, from the same sightings as the pupils' days."""
