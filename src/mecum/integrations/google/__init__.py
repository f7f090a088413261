"""Models on the Google wire, the Gemini API."""
