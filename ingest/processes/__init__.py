"""Files read and pages drawn in child processes, within limits of time and memory."""
