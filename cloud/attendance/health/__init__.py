"""The health desk: what was done for a pupil who felt ill."""
