"""The Web API methods the local workspace answers, by family."""
