"""The journal of a month: what an accountant books, per day, country, currency, VAT rate and category."""
