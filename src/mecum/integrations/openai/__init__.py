"""Servers that speak the OpenAI wire: OpenAI itself, LM Studio, vLLM, a llama.cpp server, a proxy."""
