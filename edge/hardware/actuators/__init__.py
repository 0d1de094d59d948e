"""What the unit does to the world: lights, sounds, doors, bells, a voice."""
