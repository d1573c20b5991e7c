"""What the law asks an editor to say, whatever the territory: legal notices, personal data, accessibility."""
