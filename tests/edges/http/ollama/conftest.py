"""The running product for the tests of this folder."""

from factories.served import model_server, product, served

__all__ = ["model_server", "product", "served"]
