"""Token tables kept in the customer's own transaction, and the search over them."""
