"""Made-up mails in the shapes that real mail programs write, for the tests of the reader."""
