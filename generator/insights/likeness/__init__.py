"""How alike brands look: whose images lie among whose."""
