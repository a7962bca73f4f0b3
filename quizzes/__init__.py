"""Questions, quizzes and their schedule."""
