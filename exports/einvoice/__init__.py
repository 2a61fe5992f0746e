"""E-invoices on their way out: the official rules that they are checked by, and the PDF that holds one."""
