from scripts.loopback.waiting import eventually

__all__ = ["eventually"]
