"""Markets and flags: kept true to the offers, and made anew from them."""
