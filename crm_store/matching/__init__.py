"""Names, companies and addresses: fold, block, compare, weigh, explain; pure."""
