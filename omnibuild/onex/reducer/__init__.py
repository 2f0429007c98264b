"""Reducers: a state machine as one readable `match`, its checks, and its examples as replays."""
