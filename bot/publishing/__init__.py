"""Published answers: what an officer has answered, approved by a second one, answers those who ask the same again."""
