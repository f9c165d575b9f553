"""The mail listener: policy at RCPT and DATA, its own DATA reader, its limits."""
