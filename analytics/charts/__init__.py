"""Numbers of a chart, and their drawing."""
