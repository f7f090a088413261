"""How time reaches us: what is done now and then, without anybody asking."""
