"""What a CRM is: pure and synchronous. No clock, disk, network or terminal here."""
