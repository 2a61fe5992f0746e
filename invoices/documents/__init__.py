"""Real documents: invoices and credit notes with lines, parties and VAT per rate."""
