"""Which of several answers: pools of endpoints, chains of stand-ins, and who goes first where only so many may."""
