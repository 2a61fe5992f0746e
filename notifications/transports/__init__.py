"""How a message leaves the outbox: to a mail server by SMTP, or as a file of the data directory."""
