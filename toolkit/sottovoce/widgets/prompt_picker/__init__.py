"""PromptPicker: questions from the library, or typed."""
