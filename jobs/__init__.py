"""The queue and the clock: wake-ups, workers, relay, schedules."""
