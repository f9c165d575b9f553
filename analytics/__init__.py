"""Features, models, their tests and charts; loaded only in the analyst child and in crm analyze."""
