"""Workers on this machine or on others, which Dask hands work to."""

from generator.workers.client import Workers
from generator.workers.scheduler import Scheduler, parse_scheduler
from generator.workers.worker import count_own_threads, keep

__all__ = ["Scheduler", "Workers", "count_own_threads", "keep", "parse_scheduler"]
