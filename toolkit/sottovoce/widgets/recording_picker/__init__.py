"""RecordingPicker: a corpus's recordings, files of one's own, a folder, the microphone."""
