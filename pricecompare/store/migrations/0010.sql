-- Which flags a market has, told without reading them; of markets that were written before, nothing is known.
ALTER TABLE market ADD COLUMN flags_digest BYTEA;
