"""The formats: each turns a conversation into text and back, and says what it could not carry."""
