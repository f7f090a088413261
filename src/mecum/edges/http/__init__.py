"""HTTP: what it takes to turn a request into a call and an answer into bytes."""
