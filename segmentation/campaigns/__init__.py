"""Who a campaign goes to, who is held out to compare with, and what it brought."""
