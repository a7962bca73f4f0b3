"""Decks of a known text, made by the programs that students' teachers use."""
