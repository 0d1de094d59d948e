"""A table of the school's as it is handed on: PDF to print, Excel to reckon with."""
