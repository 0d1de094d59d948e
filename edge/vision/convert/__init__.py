"""Published weights to files that our engines run. It happens once, at set-up, with numpy and no training framework."""
