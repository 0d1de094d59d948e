"""Where a school sets itself up: its year, bells, classes, teachers' assignments and timetable."""
