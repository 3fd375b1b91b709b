"""golive: proves that a service may go live, and never flatters."""

__version__ = "0.1.0"
