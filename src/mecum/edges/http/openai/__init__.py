"""The surface that programs written for OpenAI's API use unchanged; every call is a recorded run."""
