"""Ports that say what a driver may and must do, and the drivers behind them."""
