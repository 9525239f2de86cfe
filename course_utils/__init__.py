"""The helpers of the course: each lesson teaches the mathematics, this package removes noise.

Nothing is imported here, so that a lesson waits only for what it uses.
"""
