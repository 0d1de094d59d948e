from scripts.loopback.ports import free_port, is_open

__all__ = ["free_port", "is_open"]
