"""How far answers can be trusted, and how soon they come: asked, kept, judged (`python -m benchmarks.answers`)."""
