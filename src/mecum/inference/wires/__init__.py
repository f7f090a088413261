"""Wire formats that several integrations share."""
